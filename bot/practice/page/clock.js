// The practice clock: shows the time by which the bot lives, in the person's zone, and moves it forward.

import { hasText, moveClock, readClock, t, tn } from "./api.js";
import { clockFace, instantOf, localParts, zoneName } from "./dates.js";
import { closePopover, h, icon, openPopover } from "./dom.js";
import { inOrder } from "./order.js";
import { changed, messagesOf, refresh, store } from "./state.js";
import { toast } from "./toasts.js";

const MARKS = "practice.clock.marks";
/** Where the clock was moved: {wall: seconds, now: ISO}; drawn as lines between messages. */
export const clockMarks = () => JSON.parse(sessionStorage.getItem(MARKS) ?? "[]");

let busy = false;
const readings = inOrder();

/** Reads the clock; a move under way, or made since this reading began, knows better. */
export async function readNow() {
  const turn = readings.ask();
  const answer = await readClock(store.person).catch(() => null);
  if (!answer?.now || busy || !readings.take(turn)) return;
  store.now = new Date(answer.now);
  const face = document.querySelector("[data-testid=clock-now]");
  if (face) face.textContent = clockFace(store.now);
}

export function drawClock(host) {
  const pill = h(
    "button.clock-pill",
    {
      type: "button",
      "data-testid": "clock",
      "aria-haspopup": "dialog",
      title: t("clock.what"),
      onclick: () => openPopover(pill, card(), { focus: false }),
    },
    icon("clock", 18),
    h("span.clock-label", {}, t("clock.name")),
    h("time", { "data-testid": "clock-now" }, store.now ? clockFace(store.now) : "…"),
    h("small.clock-zone", {}, zoneName()),
    icon("down", 14),
  );
  host.replaceChildren(pill, h("div.clock-steps", { role: "group", "aria-label": t("clock.move") }, steps()));
  mark(host);
}

const STEPS = [
  ["plus-hour", "clock.plus_hour", { plus: "1h" }],
  ["plus-day", "clock.plus_day", { plus: "1d" }],
  ["next-monday", "clock.next_monday", { next: "monday 08:30" }],
  ["next-due", "clock.next_due", { next: "due" }],
];

function steps(suffix = "") {
  const at = h(
    "button.step",
    {
      type: "button",
      "data-testid": `clock-at${suffix}`,
      "aria-haspopup": "dialog",
      onclick: () => openPopover(suffix ? document.querySelector("[data-testid=clock]") : at, chooser()),
    },
    t("clock.at"),
  );
  return [
    ...STEPS.map(([name, key, step]) =>
      h(
        "button.step",
        {
          type: "button",
          "data-testid": `clock-${name}${suffix}`,
          onclick: () => {
            closePopover();
            move(step);
          },
        },
        t(key),
      ),
    ),
    at,
  ];
}

/** What the clock is for, in two lines, and on narrow screens the steps. */
const card = () =>
  h(
    "div.menu.clock-card",
    { role: "dialog", "aria-label": t("clock.name") },
    h("p", {}, t("clock.what")),
    h("p.now", {}, store.now ? clockFace(store.now) : "", " ", h("small", {}, zoneName())),
    h("div.clock-card-steps", {}, steps("-card")),
  );

function chooser() {
  const now = store.now ?? new Date();
  const start = localParts(new Date(now.getTime() + 86400000)).slice(0, 10);
  const field = h("input.field", {
    type: "datetime-local",
    "data-testid": "clock-when",
    "aria-label": t("clock.when"),
    autofocus: true,
    min: localParts(now),
    max: "9999-12-31T23:59",
    value: `${start}T09:00`,
  });
  const note = h("small.block-error", { role: "alert" });
  return h(
    "form.menu.clock-card",
    {
      novalidate: true,
      onsubmit: (event) => {
        event.preventDefault();
        if (!field.value) return;
        if (instantOf(field.value.slice(0, 16)) * 1000 <= now.getTime()) {
          note.textContent = t("clock.forward_only");
          return;
        }
        closePopover();
        move({ to: field.value.slice(0, 16) });
      },
    },
    h("p", {}, t("clock.when")),
    field,
    note,
    h("button.button.primary", { type: "submit", "data-testid": "clock-go" }, t("clock.go")),
  );
}

function mark(host) {
  host.classList.toggle("busy", busy);
  for (const button of host.querySelectorAll("button")) button.disabled = busy;
}

const allMessages = () => Object.keys(store.server.messages).reduce((sum, room) => sum + messagesOf(room).length, 0);

async function move(step) {
  if (busy) return;
  const host = document.getElementById("clock");
  busy = true;
  mark(host);
  const mover = store.person;
  const before = allMessages();
  const wall = Date.now() / 1000;
  const answer = await moveClock(mover, step);
  readings.settle();
  if (answer.ok && answer.now) {
    store.now = new Date(answer.now);
    sessionStorage.setItem(MARKS, JSON.stringify([...clockMarks(), { wall, now: answer.now }].slice(-60)));
  }
  await refresh().finally(() => {
    busy = false;
  });
  drawClock(host);
  changed("server");
  tell(answer, mover === store.person ? allMessages() - before : 0);
  readNow();
}

function tell(answer, mine) {
  if (!answer.ok) {
    const key = [`error.${answer.error}`, `${answer.error}`.replace(/^practice\./, "")].find(hasText);
    toast(t(key ?? "clock.failed"), "error", "clock");
    return;
  }
  const sent = answer.did?.sent ?? mine;
  const others = Math.max(0, sent - mine);
  const words = [
    t("clock.moved_to", { time: clockFace(new Date(answer.now)) }),
    sent ? tn("clock.arrived", sent) : t("clock.nothing"),
  ];
  if (!sent && answer.works === false) words.push(t("clock.day_off"));
  if (others && sent) words.push(mine > 0 ? tn("clock.others", others) : t("clock.all_others"));
  toast(words.join("\n"), "note", "clock");
}
