// A list of messages as Slack draws it: grouped by author, kept in place when the state is read again.

import { act, t, tn } from "./api.js";
import { blocks, context } from "./blocks.js";
import { clockFace, dayKey, dayLong, fromTs, full, time } from "./dates.js";
import { avatar, h, icon, menuOf, openPopover, personName } from "./dom.js";
import { safeUrl } from "./mentions.js";
import { mrkdwn } from "./mrkdwn.js";
import { isStranger, language, openThread, person, repliesOf, store, zone } from "./state.js";
import { toast, toastError } from "./toasts.js";

const GROUP_SECONDS = 300;

/** One list on the screen; `draw` keeps every row whose message has not changed, with its focus and open menus. */
export function messageList(host, { inThread = false } = {}) {
  const rows = new Map();
  let who = null;
  return function draw(channel, list, marks = []) {
    const owner = `${channel}|${store.person}|${language()}|${zone()}`;
    if (owner !== who) {
      rows.clear();
      host.replaceChildren();
      who = owner;
    }
    const wanted = plan(channel, list, marks, inThread);
    const keys = new Set(wanted.map((row) => row.key));
    for (const [key, row] of rows)
      if (!keys.has(key)) {
        row.node.remove();
        rows.delete(key);
      }
    let cursor = host.firstChild;
    for (const row of wanted) {
      const before = rows.get(row.key)?.node;
      const node = placed(rows, row);
      if (cursor === before && cursor) cursor = node;
      if (node === cursor) cursor = cursor.nextSibling;
      else host.insertBefore(node, cursor);
    }
  };
}

/** The rows of a list: day lines, a clock line where a move brought something, messages with what decides their look. */
function plan(channel, list, marks, inThread) {
  const out = [];
  let last = null;
  const waiting = [...marks];
  for (const message of [...list].sort((a, b) => (a.ts < b.ts ? -1 : 1))) {
    const passed = waiting.filter((mark) => mark.wall <= Number(message.ts));
    waiting.splice(0, passed.length);
    if (passed.length && out.length) {
      out.push(clockRow(passed.at(-1)));
      last = null;
    }
    const day = dayKey(fromTs(message.ts));
    if (!inThread && (!last || day !== dayKey(fromTs(last.ts))) && !out.some((row) => row.key === `day:${day}`)) {
      out.push(dayRow(message.ts, day));
      last = null;
    }
    const grouped =
      last &&
      last.user === message.user &&
      Boolean(last.ephemeral) === Boolean(message.ephemeral) &&
      Number(message.ts) - Number(last.ts) < GROUP_SECONDS;
    const replies = inThread || message.ephemeral ? [] : repliesOf(channel, message.ts);
    const look = JSON.stringify([message, Boolean(grouped), replies.map((reply) => [reply.ts, reply.user])]);
    out.push({ key: message.ts, look, make: () => messageRow(message, { channel, grouped, replies, inThread }) });
    last = message;
  }
  return out;
}

const dayRow = (ts, day) => ({
  key: `day:${day}`,
  look: "",
  make: () => h("div.day", { role: "separator" }, h("span", {}, dayLong(fromTs(ts)))),
});
const clockRow = (mark) => ({
  key: `clock:${mark.wall}`,
  look: mark.now,
  make: () =>
    h(
      "div.day.moved",
      { role: "separator" },
      h("span", {}, icon("clock", 16), t("clock.moved_to", { time: clockFace(new Date(mark.now)) })),
    ),
});

function placed(rows, row) {
  const old = rows.get(row.key);
  if (old?.look === row.look) return old.node;
  const node = row.make();
  if (old) swap(old.node, node);
  rows.set(row.key, { look: row.look, node });
  return node;
}

/** Puts a redrawn node in an old one's place; the focus goes to the same control, caret included. */
export function swap(old, node) {
  const active = document.activeElement;
  const inside = old.contains(active) ? active : null;
  const mark = inside?.dataset.focus;
  const caret = inside && "selectionStart" in inside ? [inside.selectionStart, inside.selectionEnd] : null;
  old.replaceWith(node);
  if (!mark) return;
  const next = [...node.querySelectorAll("[data-focus]")].find((one) => one.dataset.focus === mark);
  next?.focus({ preventScroll: true });
  if (
    next &&
    caret &&
    caret[0] !== null &&
    next.setSelectionRange &&
    /^(text|search|url|tel|password|textarea)$/.test(next.type)
  )
    next.setSelectionRange(...caret);
}

/** One message; also used by the gallery, without menus. */
export function messageRow(message, { channel, grouped = false, replies = [], inThread = false, still = false }) {
  const author = person(message.user);
  const when = fromTs(message.ts);
  const ctx = context({ container: { channel, ts: message.ts }, key: `msg:${channel}/${message.ts}`, send: send });
  const body = message.blocks?.length ? blocks(message.blocks, ctx) : h("div.words", {}, mrkdwn(message.text ?? ""));
  const head = grouped
    ? null
    : h(
        "div.who",
        {},
        h("b", {}, author ? personName(author) : message.user),
        author?.kind === "bot" ? h("span.badge", {}, t("message.app")) : null,
        author?.kind === "stranger" ? h("span.badge.outside", {}, t("person.outside")) : null,
        h(
          "a.time",
          { href: message.permalink ?? "#", title: full(when), onclick: (event) => event.preventDefault() },
          time(when),
        ),
      );
  const row = h(
    "div.message",
    {
      role: "listitem",
      tabindex: -1,
      class: [grouped ? "grouped" : "", message.ephemeral ? "ephemeral" : ""].join(" "),
      "data-ts": message.ts,
      "data-testid": `message-${message.ts}`,
    },
    h(
      "div.gutter",
      {},
      grouped ? h("span.small-time", {}, time(when)) : avatar(author ?? { id: message.user, name: "?" }),
    ),
    h(
      "div.body",
      {},
      message.ephemeral ? h("div.only-you", {}, icon("eye", 14), t("message.only_you")) : null,
      head,
      body,
      message.files?.length
        ? h(
            "div.files",
            {},
            message.files.map((file) =>
              h(
                "a.file",
                {
                  href: safeUrl(file.url_private ?? file.permalink),
                  target: "_blank",
                  rel: "noopener noreferrer",
                  download: file.name ?? null,
                },
                icon("link", 16),
                file.title ?? file.name ?? file.id,
              ),
            ),
          )
        : null,
      message.edited ? h("small.edited", {}, t("message.edited")) : null,
      replies.length ? threadBar(message, replies) : null,
    ),
  );
  if (!still && !message.ephemeral) row.append(tools(message, channel, inThread, row));
  return row;
}

async function send(body) {
  const answer = await act(store.person, body);
  if (!answer.ok) toastError(answer);
  return answer;
}

function threadBar(message, replies) {
  const faces = [...new Set(replies.map((reply) => reply.user))].slice(0, 4);
  return h(
    "button.thread-bar",
    { type: "button", "data-testid": `replies-${message.ts}`, onclick: () => openThread(message.ts) },
    faces.map((id) => avatar(person(id) ?? { id, name: "?" }, "tiny")),
    h("span.count", {}, tn("thread.replies", replies.length)),
    h("small", {}, t("thread.last", { time: time(fromTs(replies.at(-1).ts)) })),
  );
}

function tools(message, channel, inThread) {
  const more = h(
    "button",
    {
      type: "button",
      "aria-label": t("message.more"),
      title: t("message.more"),
      "aria-haspopup": "menu",
      "data-testid": `menu-${message.ts}`,
      "data-focus": `tools/${message.ts}`,
      onclick: () => openPopover(more, messageMenu(message, channel, inThread)),
    },
    icon("moreAcross"),
  );
  return h(
    "div.tools",
    {},
    inThread
      ? null
      : h(
          "button.reply",
          {
            type: "button",
            "aria-label": t("message.reply"),
            title: t("message.reply"),
            "data-testid": `reply-${message.ts}`,
            onclick: () => openThread(message.thread_ts ?? message.ts),
          },
          icon("reply"),
        ),
    more,
  );
}

/** Outsiders see no shortcuts of the app, as in Slack. */
function messageMenu(message, channel, inThread) {
  const shortcuts = isStranger() ? [] : (store.server.shortcuts ?? []).filter((one) => one.type === "message");
  return menuOf(
    [
      inThread
        ? undefined
        : {
            icon: "reply",
            label: t("message.reply"),
            testid: "menu-reply",
            run: () => openThread(message.thread_ts ?? message.ts),
          },
      {
        icon: "link",
        label: t("message.copy_link"),
        testid: "menu-copy-link",
        run: () => copy(message.permalink ?? `${location.origin}/archives/${channel}/p${message.ts.replace(".", "")}`),
      },
      shortcuts.length ? null : undefined,
      ...shortcuts.map((one) => ({
        icon: "bolt",
        label: one.name,
        note: one.description ?? t("message.by_app"),
        testid: `shortcut-${one.callback_id}`,
        run: () => send({ do: "shortcut", callback_id: one.callback_id, channel, ts: message.ts }),
      })),
    ].filter((row) => row !== undefined),
    t("message.more"),
  );
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast(t("message.link_copied"));
  } catch {
    toast(text);
  }
}
