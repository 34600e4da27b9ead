// What the page knows: the server's state, where the person looks, and what is typed but not sent.

import { act, readState } from "./api.js";
import { inOrder } from "./order.js";

const listeners = new Set();
/** server: last state read · room: id or "app" · tab: home|messages · thread: ts or null · online: live line open */
export const store = { server: null, person: null, room: null, tab: "messages", thread: null, online: true, now: null };

/** Values typed or chosen in elements, by `container/block/action`; outlives redrawing. */
export const drafts = new Map();

export const onChange = (listener) => listeners.add(listener);
export function changed(what = "view") {
  for (const listener of listeners) listener(what);
}

export const person = (id) => store.server?.people[id] ?? null;
export const bot = () => Object.values(store.server?.people ?? {}).find((one) => one.kind === "bot") ?? null;
export const me = () => store.server?.me ?? null;
export const language = () => ((me()?.locale ?? "ja").startsWith("ja") ? "ja" : "en");
export const zone = () => me()?.tz ?? "Asia/Tokyo";
export const isMember = (room) => room.members.includes(store.person);
export const isStranger = () => me()?.kind === "stranger";

/** The direct chat with the bot, where it exists already. */
export const appRoom = () =>
  store.server?.rooms.find((room) => room.kind === "im" && room.members.includes(bot()?.id)) ?? null;
export const roomById = (id) => store.server?.rooms.find((room) => room.id === id) ?? null;
/** The room on the screen; null on the Home tab's side of an app without a chat yet. */
export const currentRoom = () => (store.room === "app" ? appRoom() : roomById(store.room));
export const messagesOf = (roomId) => store.server?.messages[roomId] ?? [];
export const topLevel = (roomId) =>
  messagesOf(roomId).filter((message) => !message.thread_ts || message.thread_ts === message.ts);
export const repliesOf = (roomId, ts) =>
  messagesOf(roomId).filter((message) => message.thread_ts === ts && message.ts !== ts);

export const otherInChat = (room) => person(room.members.find((id) => id !== store.person)) ?? me();

const readings = inOrder();
let reading = null;
let next = null;

/**
 * Reads the state; ends when a reading that began after this call is on the screen. Calls that come while one is
 * under way share the next, since that one may have seen too little.
 */
export function refresh() {
  if (!reading) return begin();
  if (!next) {
    const again = () => {
      if (next === mine) next = null;
      return refresh();
    };
    const mine = reading.then(again, again);
    next = mine;
  }
  return next;
}

function begin() {
  const mine = readOnce().finally(() => {
    if (reading === mine) reading = null;
  });
  reading = mine;
  return mine;
}

async function readOnce() {
  const asked = store.person;
  const turn = readings.ask();
  const state = await readState(asked).catch(() => null);
  if (!state || asked !== store.person || !readings.take(turn)) return;
  store.server = state;
  dropOldDrafts(state);
  changed("server");
}

/** Another person looks from here on; readings that began before are too late, and nobody waits for them. */
export function take(state) {
  readings.settle();
  reading = null;
  next = null;
  store.person = state.me.id;
  store.server = state;
}

/** A closed form forgets what was typed in it; messages keep theirs. */
function dropOldDrafts(state) {
  const open = new Set(state.views.map((view) => view.id));
  for (const key of drafts.keys()) {
    const view = /^view:([^/]+)\//.exec(key);
    if (view && !open.has(view[1]) && view[1] !== state.home?.id) drafts.delete(key);
  }
}

/** Messages that this person has not looked at: the workspace remembers it, as Slack does. */
export const unread = (room) => room.unread ?? 0;

export function markRead(room) {
  if (!unread(room)) return;
  room.unread = 0;
  act(store.person, { do: "read", channel: room.id });
}

export function forgetAll() {
  drafts.clear();
  sessionStorage.clear();
}

export function go(roomId, { tab = "messages", thread = null } = {}) {
  store.room = roomId;
  store.tab = tab;
  store.thread = thread;
  const query = new URLSearchParams({ as: store.person, room: roomId });
  if (roomId === "app") query.set("tab", tab);
  history.replaceState(null, "", `${location.pathname.startsWith("/archives/") ? "/" : location.pathname}?${query}`);
  changed("place");
}

export function openThread(ts) {
  store.thread = ts;
  changed("place");
}
