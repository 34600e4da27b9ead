// Where a person writes: messages, commands with completion, names, history; Enter never sends what an IME is composing.

import { act, t } from "./api.js";
import { offerRow, offers, usageOf, wireText } from "./completion.js";
import { h, icon, menuOf, openPopover } from "./dom.js";
import { oneByOne } from "./order.js";
import { bot, isStranger, refresh, store } from "./state.js";
import { toastError } from "./toasts.js";

const HISTORY = "practice.sent";
const written = new Map();

/**
 * One composer. target(): {key, room, channel, thread_ts} of where it writes now, or null.
 * Returns {place()}: called when the target or the language changes; what was typed is kept per place.
 */
export function composer(host, { target, name, inThread = false }) {
  const id = `${name}-offers`;
  const list = h("div.offers", { role: "listbox", id, hidden: true, "aria-label": t("compose.offers") });
  const usage = h("div.usage", { hidden: true });
  const field = h("textarea", {
    rows: 1,
    "data-testid": name,
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-controls": id,
    "aria-expanded": "false",
    enterkeyhint: "send",
    autocomplete: "off",
    spellcheck: "false",
    disabled: true, // until `place` has put back what was typed here before
  });
  const sendButton = h(
    "button.send",
    { type: "submit", "data-testid": inThread ? "thread-send" : "send", disabled: true },
    icon("send"),
  );
  const keys = h("div.compose-keys");
  const box = h(
    "form.compose",
    {},
    list,
    usage,
    h("div.compose-box", {}, field, h("div.compose-bar", {}, keys, sendButton)),
  );
  host.replaceChildren(box);
  const self = {
    field,
    list,
    usage,
    sendButton,
    keys,
    target,
    inThread,
    id,
    offer: null,
    chosen: 0,
    key: null,
    walk: null,
    dismissed: null,
    inTurn: oneByOne(),
  };
  wire(self, box);
  return {
    place: () => place(self),
    focus: () => field.focus({ preventScroll: true }),
    insert: (text) => {
      field.value = text;
      changed(self);
      field.focus();
    },
  };
}

function wire(self, box) {
  const { field } = self;
  box.addEventListener("submit", (event) => {
    event.preventDefault();
    send(self);
  });
  field.addEventListener("input", () => {
    self.walk = null;
    self.dismissed = null;
    changed(self);
  });
  field.addEventListener("click", () => changed(self));
  field.addEventListener("keyup", (event) => {
    if (/^(ArrowLeft|ArrowRight|Home|End)$/.test(event.key)) changed(self);
  });
  field.addEventListener("keydown", (event) => pressed(self, event));
  field.addEventListener("blur", () => hideOffers(self));
  field.addEventListener("focus", () => changed(self));
}

function place(self) {
  const at = self.target();
  const { field } = self;
  field.disabled = !at;
  if (!at) return;
  if (self.key !== at.key) {
    self.key = at.key;
    self.walk = null;
    field.value = written.get(at.key) ?? "";
  }
  field.placeholder = at.placeholder;
  field.setAttribute("aria-label", at.placeholder);
  self.sendButton.setAttribute("aria-label", t("compose.send"));
  self.sendButton.title = t("compose.send");
  buttons(self);
  changed(self, { quiet: true });
}

function buttons(self) {
  const { field, keys } = self;
  const put = (text) => {
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    field.focus();
    changed(self);
  };
  const key = (name, label, run, testid) =>
    h("button", { type: "button", "aria-label": label, title: label, "data-testid": testid, onclick: run }, icon(name));
  const shortcuts = (store.server.shortcuts ?? []).filter((one) => one.type === "global");
  const bolt =
    shortcuts.length && !isStranger()
      ? key(
          "bolt",
          t("compose.shortcuts"),
          (event) =>
            openPopover(
              event.currentTarget,
              menuOf(
                shortcuts.map((one) => ({
                  icon: "bolt",
                  label: one.name,
                  note: one.description,
                  testid: `shortcut-${one.callback_id}`,
                  run: () => tell({ do: "global_shortcut", callback_id: one.callback_id }),
                })),
                t("compose.shortcuts"),
              ),
              { place: "above" },
            ),
          `${self.id}-shortcuts`,
        )
      : null;
  const nodes = [
    self.inThread || isStranger()
      ? null
      : key(
          "slash",
          t("compose.commands"),
          () => {
            field.value = `/${field.value.replace(/^\//, "")}`;
            field.setSelectionRange(1, 1);
            field.focus();
            changed(self);
          },
          "compose-slash",
        ),
    key("at", t("compose.mention"), () => put("@"), null),
    bolt,
    h("small.keys-hint", {}, t("compose.keys")),
  ].filter(Boolean);
  keys.replaceChildren(...nodes);
}

async function tell(body, inTurn = (job) => job()) {
  const speaker = store.person;
  const answer = await inTurn(() => act(speaker, body));
  if (!answer.ok) toastError(answer);
  await refresh();
  return answer;
}

/** After every change: height, button, what is offered. */
function changed(self, { quiet = false } = {}) {
  const { field } = self;
  if (self.key) written.set(self.key, field.value);
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight, innerHeight * 0.4)}px`;
  self.sendButton.disabled = !field.value.trim();
  const command = usageOf(field.value, self.inThread);
  self.usage.hidden = !command || quiet;
  if (command)
    self.usage.replaceChildren(
      h("b", {}, command.command),
      h("code", {}, command.usage_hint ?? ""),
      h("span", {}, command.description ?? ""),
    );
  const at = self.target();
  const found =
    quiet || !at || document.activeElement !== field || self.walk !== null
      ? null
      : offers(field.value, field.selectionStart, { room: at.room, inThread: self.inThread });
  const look = found && `${found.kind}${found.from}${found.rows.map((row) => row.id)}`;
  if (look && look === self.dismissed) return;
  if (!found) {
    hideOffers(self);
    return;
  }
  if (look !== self.look) self.chosen = 0;
  self.look = look;
  self.offer = found;
  showOffers(self);
}

function showOffers(self) {
  const { offer, list, field } = self;
  list.replaceChildren(
    ...offer.rows.map((row, index) => offerRow(row, index, index === self.chosen, self.id, () => take(self, index))),
  );
  list.hidden = false;
  self.usage.hidden = true;
  field.setAttribute("aria-expanded", "true");
  field.setAttribute("aria-activedescendant", `${self.id}-${self.chosen}`);
  list.children[self.chosen]?.scrollIntoView({ block: "nearest" });
}

function hideOffers(self) {
  self.offer = null;
  self.list.hidden = true;
  self.field.setAttribute("aria-expanded", "false");
  self.field.removeAttribute("aria-activedescendant");
}

function take(self, index) {
  const { offer, field } = self;
  const row = offer.rows[index];
  const rest = field.value.slice(offer.to).replace(/^[ 　]/, "");
  field.value = field.value.slice(0, offer.from) + row.insert + rest;
  const caret = offer.from + row.insert.length;
  field.setSelectionRange(caret, caret);
  hideOffers(self);
  field.focus();
  changed(self);
}

function pressed(self, event) {
  if (event.isComposing || event.keyCode === 229) return;
  if (self.offer && offered(self, event)) {
    event.preventDefault();
    return;
  }
  if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
    event.preventDefault();
    send(self);
    return;
  }
  if ((event.key === "ArrowUp" || event.key === "ArrowDown") && walk(self, event.key === "ArrowUp" ? -1 : 1))
    event.preventDefault();
}

/** Keys that belong to the open list; an exact command is sent by Enter, not completed again. */
function offered(self, event) {
  const { rows } = self.offer;
  switch (event.key) {
    case "ArrowDown":
      self.chosen = (self.chosen + 1) % rows.length;
      showOffers(self);
      return true;
    case "ArrowUp":
      self.chosen = (self.chosen - 1 + rows.length) % rows.length;
      showOffers(self);
      return true;
    case "Tab":
      take(self, self.chosen);
      return true;
    case "Escape":
      self.dismissed = self.look;
      hideOffers(self);
      return true;
    case "Enter":
      if (event.shiftKey || rows[self.chosen].exact) return false;
      take(self, self.chosen);
      return true;
    default:
      return false;
  }
}

const sent = () => JSON.parse(sessionStorage.getItem(`${HISTORY}.${store.person}`) ?? "[]");

/** ↑ from an empty field walks back through what this person sent; ↓ forward again. */
function walk(self, step) {
  const { field } = self;
  const all = sent();
  if (self.walk === null && (step > 0 || field.value !== "" || !all.length)) return false;
  if (self.walk !== null && field.value !== all[self.walk]) {
    self.walk = null;
    return false;
  }
  const next = (self.walk ?? all.length) + step;
  if (next < 0) return true;
  self.walk = next >= all.length ? null : next;
  field.value = self.walk === null ? "" : all[self.walk];
  field.setSelectionRange(field.value.length, field.value.length);
  changed(self);
  return true;
}

/** A line that could not be sent comes back into the field. */
async function send(self) {
  const { field } = self;
  const at = self.target();
  const text = field.value.replace(/^[\s　]+|[\s　]+$/g, "");
  if (!at || !text) return;
  const key = self.key;
  sessionStorage.setItem(
    `${HISTORY}.${store.person}`,
    JSON.stringify([...sent().filter((one) => one !== text), text].slice(-50)),
  );
  field.value = "";
  self.walk = null;
  changed(self);
  hideOffers(self);
  field.setAttribute("aria-busy", "true");
  const command = /^[/／][^\s/／]/.test(text);
  const body = command
    ? { do: "command", channel: at.channel, text: wireText(text.replace(/^／/, "/").replace(/^(\/[^\s　]+)　/, "$1 ")) }
    : { do: "message", channel: at.channel, text: wireText(text) };
  if (at.thread_ts) body.thread_ts = at.thread_ts;
  const answer = await tell(body, self.inTurn);
  field.removeAttribute("aria-busy");
  if (!answer.ok && !written.get(key)) {
    written.set(key, text);
    if (self.key === key) {
      field.value = text;
      changed(self, { quiet: true });
    }
  }
}

export const placeholderFor = (room) => {
  if (!room || (room.members.includes(bot()?.id) && room.kind === "im")) return t("compose.to_app");
  return room.kind !== "im"
    ? t(isStranger() ? "compose.to_room" : "compose.to_channel", { name: room.name })
    : t("compose.to_person");
};
