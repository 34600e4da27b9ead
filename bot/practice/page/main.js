// Starts the page and redraws what has changed; every part keeps its own nodes.

import { act, live, loadTexts, readState, speak, t } from "./api.js";
import { clockMarks, drawClock, readNow } from "./clock.js";
import { composer, placeholderFor } from "./composer.js";
import { closePopover, icon, personName } from "./dom.js";
import { drawHome, drawIntro, drawJoin, drawRoomHead } from "./room.js";
import { onFollow } from "./mentions.js";
import { messageList } from "./messages.js";
import { drawModal, startModal } from "./modal.js";
import { inOrder } from "./order.js";
import { pressing, watchPresses } from "./press.js";
import { drawSidebar } from "./sidebar.js";
import {
  appRoom,
  bot,
  changed,
  currentRoom,
  go,
  isMember,
  isStranger,
  language,
  markRead,
  messagesOf,
  onChange,
  person,
  refresh,
  repliesOf,
  roomById,
  store,
  take,
  topLevel,
} from "./state.js";
import { drawTopbar } from "./topbar.js";
import { announce, tellFailures } from "./toasts.js";
import { drawThreadHead } from "./thread.js";

const at = (id) => document.getElementById(id);
const narrow = matchMedia("(max-width: 760px)");
const parts = {};
let spoken = null;
let shownPlace = null;
let stuck = true;
let hangUp = () => {};

async function start() {
  const query = new URLSearchParams(location.search);
  const asked = query.get("as") ?? localStorage.getItem("practice.person");
  const look = (person) => readState(person).catch(() => null);
  const state = (asked && (await look(asked))) || (await look(null));
  if (state) take(state);
  if (!state || !(await hasWords(language()))) {
    setTimeout(start, 1000);
    return;
  }
  const place = query.get("room");
  store.room = place && (place === "app" || roomById(place)) ? (place === appRoom()?.id ? "app" : place) : landing();
  store.tab = query.get("tab") === "home" ? "home" : "messages";
  begin(language());
  build();
  onChange(redraw);
  followPath(location);
  await readNow();
  redraw("place");
  listen();
  if (store.room === "app") opened("app");
}

/** A newcomer lands in the app's chat, where the welcome arrives; who has no app, in their first channel. */
const landing = () =>
  isStranger() ? (store.server.rooms.find((room) => isMember(room) && !room.archived)?.id ?? "app") : "app";

function build() {
  at("open-side").append(icon("menu"));
  at("open-side").addEventListener("click", () => side(!document.body.classList.contains("side-open")));
  at("veil").addEventListener("click", () => side(false));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.body.classList.contains("side-open")) side(false);
  });
  parts.messages = messageList(at("messages"));
  parts.thread = messageList(at("thread-messages"), { inThread: true });
  parts.composer = composer(at("composer"), {
    name: "composer",
    target: () => {
      const room = currentRoom();
      if (store.room !== "app" && !(room && isMember(room))) return null;
      const channel = room?.id ?? bot()?.id;
      return { key: `${store.person}/${channel}`, room, channel, placeholder: placeholderFor(room) };
    },
  });
  parts.reply = composer(at("thread-composer"), {
    name: "thread-composer",
    inThread: true,
    target: () => {
      const room = currentRoom();
      return store.thread && room
        ? {
            key: `${store.person}/${room.id}/${store.thread}`,
            room,
            channel: room.id,
            thread_ts: store.thread,
            placeholder: t("thread.placeholder"),
          }
        : null;
    },
  });
  at("scroller").addEventListener(
    "scroll",
    () => {
      stuck = atFoot(at("scroller"));
      if (stuck) seenAll();
    },
    { passive: true },
  );
  const sizes = new ResizeObserver(() => {
    if (stuck && !at("messages").hidden) toFoot(at("scroller"));
  });
  for (const id of ["scroller", "messages"]) sizes.observe(at(id));
  at("newer").addEventListener("click", () => toFoot(at("scroller")));
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) refresh();
  });
  startModal();
  watchPresses();
  onFollow(followPath);
}

function side(open) {
  document.body.classList.toggle("side-open", open);
  at("veil").hidden = !open;
  at("open-side").setAttribute("aria-expanded", String(open));
  if (open) (at("side").querySelector("[aria-current=page]") ?? at("side").querySelector("button"))?.focus();
  else if (at("side").contains(document.activeElement)) at("open-side").focus();
}

function listen() {
  hangUp();
  hangUp = live(store.person, {
    heard: () => {
      refresh();
      readNow();
    },
    line: (on) => {
      store.online = on;
      at("offline").hidden = on;
      at("offline").textContent = on ? "" : t("offline");
    },
  });
}

const choices = inOrder();

/** Of two quick choices the last one counts, whichever answer comes first. */
async function switchTo(id) {
  const turn = choices.ask();
  if (id === store.person) return;
  const state = await readState(id).catch(() => null);
  if (!state || !choices.isLatest(turn)) return;
  const before = currentRoom();
  take(state);
  localStorage.setItem("practice.person", id);
  const stays = store.room === "app" || (before && before.kind !== "im" && roomById(before.id));
  go(stays ? store.room : landing(), { tab: store.tab });
  readNow();
  listen();
  if (store.room === "app") opened("app");
}

/** /archives/C…/p1700000000000100 opens that message here; true when it was ours. */
function followPath(url) {
  const match = /^\/archives\/([A-Z0-9]+)(?:\/p(\d{10})(\d{6}))?/.exec(url.pathname);
  const room = match && roomById(match[1]);
  if (!room) return false;
  const ts = match[2] ? `${match[2]}.${match[3]}` : null;
  const message = ts ? messagesOf(room.id).find((one) => one.ts === ts) : null;
  go(room.id === appRoom()?.id ? "app" : room.id, { thread: message?.thread_ts ?? null });
  requestAnimationFrame(() => {
    const row = ts && document.querySelector(`[data-ts="${ts}"]`);
    row?.scrollIntoView({ block: "center" });
    row?.classList.add("pointed");
    setTimeout(() => row?.classList.remove("pointed"), 2500);
  });
  return true;
}

const hasWords = (wanted) =>
  loadTexts(wanted).then(
    () => true,
    () => false,
  );

/** From here on the page speaks this language; what it said in another one is taken away. */
function begin(words) {
  speak(words);
  spoken = words;
  shownPlace = null;
  closePopover();
  at("toasts").replaceChildren();
}

/** Whatever must not be drawn over, a press or words that aren't there yet, is waited for; then the newest is drawn. */
async function redraw(what) {
  while (pressing() || spoken !== language()) {
    if (pressing()) {
      await pressing();
      continue;
    }
    const wanted = language();
    if (!(await hasWords(wanted))) return; // the line is down; the first change after it asks again
    if (wanted === language() && wanted !== spoken && !pressing()) begin(wanted);
  }
  draw(what);
}

function draw(what) {
  document.documentElement.lang = language();
  at("open-side").setAttribute("aria-label", t("side.open"));
  at("side").setAttribute("aria-label", t("side.name"));
  at("newer").textContent = t("message.newer");
  if (what === "place") {
    closePopover();
    side(false);
  }
  const moved = drawPlace();
  drawSidebar(at("side"), opened);
  drawTop();
  drawThread();
  drawModal();
  tellFailures();
  if (moved && !narrow.matches && !at("modal").open && what === "place")
    (store.thread ? parts.reply : parts.composer).focus();
}

let topLook = null;
function drawTop() {
  const look = JSON.stringify([store.server.me, language(), store.server.people]);
  if (look === topLook) return;
  topLook = look;
  drawTopbar(at("acting"), switchTo);
  drawClock(at("clock"));
}

/** Opening the app tells it so, as Slack does. */
async function opened(id) {
  side(false);
  if (id === "app") {
    await act(store.person, { do: "home", tab: store.tab });
    refresh();
  }
}

async function openTab(tab) {
  go("app", { tab });
  await act(store.person, { do: "home", tab });
  await refresh();
}

/** Draws the room; true when it is another place than before. */
function drawPlace() {
  if (store.room !== "app" && !roomById(store.room)) store.room = landing();
  const room = currentRoom();
  const place = [store.person, store.room, store.tab].join("/");
  const moved = place !== shownPlace;
  const scroller = at("scroller");
  const foot = moved || stuck;
  const home = store.room === "app" && store.tab === "home";
  shownPlace = place;
  drawRoomHead(at("room-head"), room, openTab);
  at("home").hidden = !home;
  at("messages").hidden = home;
  const inside = store.room === "app" || isMember(room);
  at("composer").hidden = home || !inside;
  drawJoin(at("join"), inside ? null : room);
  at("intro").hidden = home;
  if (home) drawHome(at("home"), moved);
  else {
    const list = room ? topLevel(room.id) : [];
    const mine = clockMarks();
    const since = list.length ? Number([...list].sort((a, b) => (a.ts < b.ts ? -1 : 1))[0].ts) : 0;
    drawIntro(at("intro"), room, list.length, (text) => parts.composer.insert(text));
    parts.messages(
      room?.id ?? "app",
      list,
      mine.filter((mark) => mark.wall >= since),
    );
    parts.composer.place();
    sayNew(room);
  }
  document.title = `${room?.name ?? personName(bot() ?? { id: "", name: "Kakehashi" })} · ${store.server.team.name}`;
  if (home) {
    if (moved) scroller.scrollTop = 0;
    at("newer").hidden = true;
  } else if (foot) toFoot(scroller);
  else if (room && newestOf(room) !== lastSeen) at("newer").hidden = false;
  return moved;
}

let lastSeen = null;
const newestOf = (room) =>
  room ? messagesOf(room.id).reduce((last, one) => (one.ts > last ? one.ts : last), "0") : "0";
const atFoot = (node) => node.scrollHeight - node.scrollTop - node.clientHeight < 60;

function toFoot(node) {
  node.scrollTop = node.scrollHeight;
  stuck = true;
  seenAll();
}

function seenAll() {
  const room = currentRoom();
  at("newer").hidden = true;
  lastSeen = newestOf(room);
  if (room && !document.hidden) markRead(room);
}

let heardUpTo = {};
/** New messages of others in the open room are read out once. */
function sayNew(room) {
  if (!room) return;
  const key = `${store.person}/${room.id}`;
  const before = heardUpTo[key];
  heardUpTo = { [key]: newestOf(room) };
  if (before === undefined) return;
  const fresh = messagesOf(room.id).filter((one) => one.ts > before && one.user !== store.person);
  if (fresh.length)
    announce(fresh.map((one) => `${personName(person(one.user) ?? { id: one.user })}: ${one.text}`).join(" "));
}

let threadPlace = null;
function drawThread() {
  const room = currentRoom();
  const root = room && store.thread ? messagesOf(room.id).find((one) => one.ts === store.thread) : null;
  at("thread").hidden = !root;
  document.body.classList.toggle("thread-open", Boolean(root));
  if (!root) {
    threadPlace = null;
    return;
  }
  const scroller = at("thread-scroller");
  const place = `${room.id}/${store.thread}`;
  const foot = place !== threadPlace || atFoot(scroller);
  const fresh = place !== threadPlace;
  threadPlace = place;
  const replies = repliesOf(room.id, root.ts);
  drawThreadHead(at("thread-head"), room, replies.length, () => {
    store.thread = null;
    changed("place");
  });
  parts.thread(room.id, [root, ...replies]);
  parts.reply.place();
  if (foot) scroller.scrollTop = scroller.scrollHeight;
  if (fresh && !narrow.matches) parts.reply.focus();
}

start();
