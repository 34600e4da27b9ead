// The head of a room, the words above its first message, and the app's Home tab.

import { act, t, tn } from "./api.js";
import { blocks, context } from "./blocks.js";
import { avatar, h, icon, menuOf, openPopover, personName } from "./dom.js";
import { swap } from "./messages.js";
import { roomIcon, roomName, sharing } from "./sidebar.js";
import { bot, isStranger, language, otherInChat, person, refresh, store } from "./state.js";
import { toastError } from "./toasts.js";
import { roleOf } from "./topbar.js";

export function drawRoomHead(host, room, openTab) {
  const look = JSON.stringify([store.room, store.tab, store.person, language(), room]);
  if (host.dataset.look === look) return;
  host.dataset.look = look;
  const focus = host.contains(document.activeElement) ? document.activeElement.dataset.testid : null;
  host.replaceChildren(...(store.room === "app" ? appHead(openTab) : channelHead(room)));
  if (focus) host.querySelector(`[data-testid="${focus}"]`)?.focus({ preventScroll: true });
}

function appHead(openTab) {
  const tab = (name, face, key) =>
    h(
      "button",
      {
        type: "button",
        role: "tab",
        "aria-selected": store.tab === name ? "true" : "false",
        "data-testid": `tab-${name}`,
        onclick: () => openTab(name),
      },
      icon(face, 16),
      t(key),
    );
  const app = bot() ?? { id: "app", name: "app", kind: "bot" };
  return [
    h("div.room-title", {}, avatar(app, "small"), h("h1", {}, personName(app)), h("span.badge", {}, t("message.app"))),
    h(
      "div.tabs",
      { role: "tablist", "aria-label": personName(app) },
      tab("home", "home", "app.home"),
      tab("messages", "reply", "app.messages"),
    ),
  ];
}

function channelHead(room) {
  const direct = room.kind === "im" || room.kind === "mpim";
  const outside = sharing(room);
  const members = h(
    "button.members",
    {
      type: "button",
      "data-testid": "members",
      "aria-haspopup": "menu",
      "aria-label": tn("room.members", room.members.length),
      title: tn("room.members", room.members.length),
      onclick: () => openPopover(members, memberList(room)),
    },
    icon("people", 18),
    String(room.members.length),
  );
  return [
    h(
      "div.room-title",
      {},
      direct ? avatar(otherInChat(room), "small") : roomIcon(room, 18),
      h("h1", {}, roomName(room)),
      outside ? h("span.badge.outside", { "data-testid": "shared-mark" }, icon("shared", 14), outside) : null,
    ),
    h("p.topic", { title: room.topic ?? "" }, room.topic ?? ""),
    direct ? null : members,
  ].filter(Boolean);
}

const memberList = (room) =>
  menuOf(
    room.members
      .map((id) => person(id))
      .filter(Boolean)
      .map((one) => ({
        avatar: avatar(one),
        label: personName(one),
        note: one.kind === "bot" ? t("message.app") : roleOf(one),
        run: () => {},
      })),
    tn("room.members", room.members.length),
  );

/** Above the first message: what this place is; in the app's empty chat, lines to try. */
export function drawIntro(host, room, count, insert) {
  const look = JSON.stringify([store.room, store.person, language(), room?.name, count > 0, room && sharing(room)]);
  if (host.dataset.look === look) return;
  host.dataset.look = look;
  if (store.room === "app") {
    const app = bot() ?? { id: "app", name: "app", kind: "bot" };
    host.replaceChildren(
      h(
        "div.intro",
        {},
        avatar(app, "large"),
        h("h2", {}, personName(app)),
        h("p", {}, t("intro.app")),
        h("p", {}, t("intro.more")),
        isStranger()
          ? ""
          : h(
              "div.tries",
              {},
              ["intro.try_1", "intro.try_2"].map((key) =>
                h(
                  "button.try",
                  {
                    type: "button",
                    "data-testid": key.replace("intro.", "").replace("_", "-"),
                    onclick: () => insert(t(key)),
                  },
                  t(key),
                ),
              ),
            ),
      ),
    );
    return;
  }
  const direct = room.kind === "im" || room.kind === "mpim";
  host.replaceChildren(
    h(
      "div.intro",
      {},
      h("h2", {}, direct ? "" : roomIcon(room, 24), roomName(room)),
      h(
        "p",
        {},
        direct
          ? t("intro.person", { name: roomName(room) })
          : t(room.kind === "private" ? "intro.private" : "intro.channel", { name: room.name }),
      ),
      sharing(room) ? h("p.outside-note", {}, icon("shared", 16), t("intro.shared")) : "",
    ),
  );
}

/** In place of the composer, for a channel that I can see but am not in. */
export function drawJoin(host, room) {
  host.hidden = !room;
  if (!room) {
    host.replaceChildren();
    return;
  }
  host.replaceChildren(
    h(
      "div.join",
      {},
      t("room.not_in", { name: room.name }),
      h(
        "button.button.primary",
        {
          type: "button",
          "data-testid": "join",
          onclick: async () => {
            const answer = await act(store.person, { do: "join", channel: room.id });
            if (!answer.ok) toastError(answer);
            await refresh();
          },
        },
        t("room.join"),
      ),
    ),
  );
}

let homeLook = null;

/** The Home view keeps its nodes while it has not changed. */
export function drawHome(host, moved) {
  const view = store.server.home;
  const look = JSON.stringify([store.person, language(), view && { ...view, hash: null, state: null }]);
  if (!moved && look === homeLook) return;
  if (look === homeLook && host.firstChild) return;
  homeLook = look;
  if (!view) {
    host.replaceChildren(h("p.nothing", {}, t("app.no_home")));
    return;
  }
  const ctx = context({
    container: { view_id: view.id },
    key: `view:${view.id}`,
    send: async (body) => {
      const answer = await act(store.person, body);
      if (!answer.ok) toastError(answer);
      return answer;
    },
  });
  const drawn = h("div.home-view", { "data-testid": "home-view" }, blocks(view.blocks, ctx));
  if (host.firstElementChild) swap(host.firstElementChild, drawn);
  else host.append(drawn);
}
