// Forms over the page: the top view of a person's stack, with back, errors per field and what was typed kept.

import { act, hasText, t } from "./api.js";
import { blocks, context, showError } from "./blocks.js";
import { avatar, closePopover, h, icon } from "./dom.js";
import { plainText } from "./mrkdwn.js";
import { bot, language, refresh, store } from "./state.js";
import { swap } from "./messages.js";

let shown = null;

/** Draws the top view when it has changed; an unchanged one keeps its nodes, focus and open menus. */
export function drawModal() {
  const views = store.server?.views ?? [];
  const view = views.at(-1) ?? null;
  const dialog = document.getElementById("modal");
  if (!view) {
    shut(dialog);
    return;
  }
  const look = JSON.stringify([language(), store.person, views.length, { ...view, state: null, hash: null }]);
  if (shown?.look === look) return;
  const same = shown?.id === view.id;
  const errors = same ? shown.errors : {};
  shown = { id: view.id, look, errors, view };
  const frame = form(view, views, errors);
  const old = dialog.firstElementChild;
  const scroll = same ? old?.querySelector(".modal-body")?.scrollTop : 0;
  if (old && same) swap(old, frame);
  else dialog.replaceChildren(frame);
  if (!dialog.open) dialog.showModal();
  if (scroll) frame.querySelector(".modal-body").scrollTop = scroll;
  if (!same) firstFocus(frame);
}

function shut(dialog) {
  shown = null;
  if (!dialog.open) return;
  closePopover();
  dialog.close();
  dialog.replaceChildren();
  document.querySelector("#composer textarea")?.focus({ preventScroll: true });
}

/** As Slack: the field that asks for it, else the first field to type in; on touch no keyboard is forced up. */
function firstFocus(frame) {
  const asked = frame.querySelector("[data-first]");
  const first = matchMedia("(hover: none)").matches
    ? null
    : frame.querySelector(".modal-body .block-input :is(input, textarea, select)");
  (asked ?? first ?? frame.querySelector("h2")).focus({ preventScroll: true });
}

function form(view, views, errors) {
  const ctx = context({
    container: { view_id: view.id },
    key: `view:${view.id}`,
    errors,
    send: (body) =>
      act(store.person, body).then((answer) => {
        if (!answer.ok) banner(view, answer);
        return answer;
      }),
  });
  const body = blocks(view.blocks, ctx);
  const closeWord = view.close ? plainText(view.close) : t(view.submit ? "form.cancel" : "form.close");
  const submit = view.submit
    ? h(
        "button.button.primary",
        {
          type: "submit",
          "data-testid": "modal-submit",
          "data-focus": "modal-submit",
          "aria-busy": sending.has(view.id) ? "true" : null,
        },
        plainText(view.submit),
      )
    : null;
  return h(
    "form.modal-frame",
    {
      novalidate: true,
      oninput: (event) => forgive(event.target.closest("[data-block]")),
      onsubmit: (event) => {
        event.preventDefault();
        if (submit) send(view, ctx);
      },
    },
    h(
      "header",
      {},
      views.length > 1
        ? h(
            "button.plain",
            { type: "button", "aria-label": t("form.back"), "data-testid": "modal-back", onclick: () => close(view) },
            icon("back"),
          )
        : avatar(bot() ?? { id: "bot", name: "?" }, "small"),
      h("h2", { tabindex: -1, id: "modal-title" }, plainText(view.title)),
      h(
        "button.plain",
        { type: "button", "aria-label": t("form.close"), "data-testid": "modal-dismiss", onclick: closeAll },
        icon("close"),
      ),
    ),
    h("div.modal-body", {}, h("div.modal-banner", { role: "alert", hidden: true }), body),
    h(
      "footer",
      {},
      h("button.button", { type: "button", "data-testid": "modal-close", onclick: () => close(view) }, closeWord),
      submit,
    ),
  );
}

const sending = new Set();

/** Where a form is drawn now, which may be elsewhere than when an answer was asked for; null when it is gone. */
const frameOf = (view) => (shown?.id === view.id ? document.getElementById("modal").firstElementChild : null);

function busy(view, on) {
  sending[on ? "add" : "delete"](view.id);
  const submit = frameOf(view)?.querySelector("[data-testid=modal-submit]");
  if (on) submit?.setAttribute("aria-busy", "true");
  else submit?.removeAttribute("aria-busy");
}

async function send(view, ctx) {
  if (sending.has(view.id)) return;
  const found = Object.fromEntries(
    ctx.fields
      .filter((field) => field.block.type === "input")
      .map((field) => [field.block.block_id, field.problem()])
      .filter(([, text]) => text),
  );
  if (mark(view, found)) return;
  busy(view, true);
  banner(view, null);
  const answer = await act(store.person, { do: "submit", view_id: view.id, values: ctx.values() });
  if (answer.errors && Object.keys(answer.errors).length) mark(view, answer.errors);
  else if (answer.ok) await refresh();
  else banner(view, answer);
  busy(view, false);
}

/** Shows the sentences under their fields and goes to the first; true when there is one. */
function mark(view, errors) {
  const frame = frameOf(view);
  const any = Object.keys(errors).length > 0;
  if (!frame) return any;
  shown.errors = errors;
  let first = null;
  for (const box of frame.querySelectorAll("[data-block]")) {
    const text = errors[box.dataset.block] ?? null;
    showError(box, text);
    if (text && !first) first = box;
  }
  const lost = Object.entries(errors).filter(
    ([block]) => ![...frame.querySelectorAll("[data-block]")].some((box) => box.dataset.block === block),
  );
  if (lost.length) sentence(view, lost.map(([, text]) => text).join(" "));
  first?.scrollIntoView({ block: "center" });
  first?.querySelector("input, textarea, select, button")?.focus({ preventScroll: true });
  return any;
}

/** A field that is being mended loses its red sentence. */
function forgive(box) {
  if (!box?.classList.contains("invalid")) return;
  if (shown) shown.errors = { ...shown.errors, [box.dataset.block]: null };
  showError(box, null);
}

function banner(view, answer) {
  const code = answer?.error;
  sentence(view, answer ? (answer.text ?? (hasText(`error.${code}`) ? t(`error.${code}`) : t("form.trouble"))) : null);
}

function sentence(view, text) {
  const node = frameOf(view)?.querySelector(".modal-banner");
  if (!node) return;
  node.hidden = !text;
  node.textContent = text ?? "";
}

async function close(view) {
  await act(store.person, { do: "close", view_id: view.id });
  await refresh();
}

/** The cross closes the whole stack. */
async function closeAll() {
  const top = store.server?.views.at(-1);
  if (top) await act(store.person, { do: "close", view_id: top.id, all: true });
  await refresh();
}

export function startModal() {
  const dialog = document.getElementById("modal");
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    if (shown) close(shown.view);
  });
}

let stills = 0;

/** A view without its dialog, for the gallery; each has a key of its own, so that no two share their radio buttons. */
export function stillForm(view) {
  const ctx = context({
    container: { view_id: view.id ?? "still" },
    key: `still:${++stills}`,
    send: async () => ({ ok: true }),
  });
  return h(
    "div.modal-frame.still",
    {},
    h(
      "header",
      {},
      avatar(bot() ?? { id: "bot", name: "?", kind: "bot" }, "small"),
      h("h4", {}, view.title ? plainText(view.title) : ""),
    ),
    h("div.modal-body", {}, blocks(view.blocks, ctx)),
    view.type === "home"
      ? null
      : h(
          "footer",
          {},
          h("span.button", {}, view.close ? plainText(view.close) : t(view.submit ? "form.cancel" : "form.close")),
          view.submit ? h("span.button.primary", {}, plainText(view.submit)) : null,
        ),
  );
}
