// Short notices at the foot of the page: what Slack itself would say, and what the page has done.

import { hasText, t } from "./api.js";
import { h, icon } from "./dom.js";
import { store } from "./state.js";

const host = () => document.getElementById("toasts");

/** `slot` names a notice that a newer one of the same name replaces. */
export function toast(text, kind = "note", slot = null) {
  const seconds = kind === "error" ? 10 : 6;
  const node = h(
    "div.toast",
    { class: kind, "data-slot": slot, role: kind === "error" ? "alert" : "status", "data-testid": "toast" },
    icon(kind === "error" ? "warn" : "check", 18),
    h("span", {}, text),
    h("button", { type: "button", "aria-label": t("close"), onclick: () => node.remove() }, icon("close", 16)),
  );
  if (slot) host().querySelector(`[data-slot="${slot}"]`)?.remove();
  host().append(node);
  while (host().children.length > 4) host().firstChild.remove();
  setTimeout(() => node.remove(), seconds * 1000);
}

/** A refused act in words; one that carries a sentence is told by the state's failures instead. */
export function toastError(answer) {
  if (answer.text) return;
  const code = answer.error ?? "unreachable";
  toast(hasText(`error.${code}`) ? t(`error.${code}`) : t("error.other", { code }), "error");
}

const told = new Map();

/** Shows the failures that this person's Slack would have shown since the last look. */
export function tellFailures() {
  const failures = store.server.failures ?? [];
  const last = told.get(store.person);
  told.set(store.person, failures.at(-1)?.at ?? "");
  if (last === undefined) return;
  for (const failure of failures) if (failure.at > last) toast(failure.text, "error");
}

const region = () => document.getElementById("announce");

/** Says a sentence to screen readers without moving the focus. */
export function announce(text) {
  region().textContent = "";
  setTimeout(() => {
    region().textContent = text;
  }, 30);
}
