// The list on the left: channels, direct chats and the app, with marks for what is unread, locked or shared outside.

import { t } from "./api.js";
import { avatar, h, icon, personName } from "./dom.js";
import { appRoom, bot, go, isMember, isStranger, otherInChat, store, unread } from "./state.js";

const isShared = (room) => Boolean(room.ext_shared || room.is_ext_shared);
const isPending = (room) => Boolean(room.pending_ext_shared || room.is_pending_ext_shared);
export const sharing = (room) => (isShared(room) ? t("room.shared") : isPending(room) ? t("room.pending") : null);
export const roomIcon = (room, size) => icon(room.kind === "private" ? "lock" : "hash", size);
export const roomName = (room) =>
  room.kind === "im"
    ? personName(otherInChat(room))
    : room.kind === "mpim"
      ? room.members
          .filter((id) => id !== store.person)
          .map((id) => personName(store.server.people[id] ?? { id, name: id }))
          .join(", ")
      : room.name;

export function drawSidebar(host, opened) {
  const rooms = store.server.rooms.filter((room) => !room.archived);
  const app = isStranger() ? null : bot();
  const channels = rooms.filter((room) => room.kind === "channel" || room.kind === "private");
  const chats = rooms.filter((room) => (room.kind === "im" || room.kind === "mpim") && room.id !== appRoom()?.id);
  const look = JSON.stringify([
    store.room,
    store.person,
    store.server.me.locale,
    rooms.map((room) => [room, unread(room)]),
    store.server.team,
  ]);
  if (host.dataset.look === look) return;
  host.dataset.look = look;
  const focus = host.contains(document.activeElement) ? document.activeElement.dataset.testid : null;
  host.replaceChildren(
    ...[
      h(
        "div.team",
        {},
        h("span.team-mark", { "aria-hidden": "true" }, icon("bridge", 26)),
        h("div", {}, h("b", {}, store.server.team.name), h("small", {}, t("team.note"))),
      ),
      section(
        t("side.channels"),
        channels.map((room) => row(room.id, room, roomIcon(room, 16), opened)),
      ),
      section(
        t("side.chats"),
        chats.map((room) => row(room.id, room, avatar(otherInChat(room), "tiny"), opened)),
      ),
      section(t("side.apps"), app ? [row("app", appRoom(), avatar(app, "tiny"), opened)] : []),
    ].filter(Boolean),
  );
  document.getElementById("open-side").classList.toggle(
    "unread",
    rooms.some((room) => unread(room)),
  );
  if (focus) host.querySelector(`[data-testid="${CSS.escape(focus)}"]`)?.focus({ preventScroll: true });
}

const section = (title, rows) =>
  rows.length
    ? h(
        "section",
        {},
        h("h2", {}, title),
        h(
          "ul",
          {},
          rows.map((one) => h("li", {}, one)),
        ),
      )
    : null;

function row(id, room, face, opened) {
  const count = room ? unread(room) : 0;
  const current = store.room === id;
  const name = id === "app" ? personName(bot() ?? { id: "app", name: "app" }) : roomName(room);
  const outside = room && sharing(room);
  return h(
    "button.room",
    {
      type: "button",
      "data-testid": `room-${id === "app" ? "app" : id}`,
      "data-room": room?.id ?? "",
      "aria-current": current ? "page" : null,
      class: room && !isMember(room) ? "outsider" : count && !current ? "unread" : "",
      onclick: () => {
        go(id);
        opened(id);
      },
    },
    face,
    h("span.name", {}, name),
    outside ? h("span.outside-mark", { title: outside }, icon("shared", 16), h("span.sr", {}, outside)) : null,
    count && !current
      ? h(
          "span.count",
          { "data-testid": `unread-${id}` },
          count > 99 ? "99+" : String(count),
          h("span.sr", {}, ` ${t("side.unread")}`),
        )
      : null,
  );
}
