// What the composer offers while a command or a name is being typed.

import { h, avatar, personName } from "./dom.js";
import { bot, isStranger, store } from "./state.js";
import { t } from "./api.js";

/** {kind, from, to, rows: [{label, note, insert, exact}]} for the text before the caret, or null. */
export function offers(text, caret, { room, inThread }) {
  const before = text.slice(0, caret);
  const command = /^[/／]([^\s　]*)$/.exec(before);
  if (command && !inThread && !isStranger()) return commandOffers(command[1], caret);
  const name = /(?:^|[^A-Za-z0-9._@＠])[@＠]([^\s@＠　]*)$/.exec(before);
  if (name) return nameOffers(name[1], caret, room);
  return null;
}

function commandOffers(typed, caret) {
  const wanted = typed.toLowerCase();
  const rows = (store.server.commands ?? [])
    .map((one) => ({ one, name: one.command.replace(/^\//, "") }))
    .filter(
      ({ one, name }) =>
        name.toLowerCase().startsWith(wanted) ||
        (wanted.length > 1 && (one.description ?? "").toLowerCase().includes(wanted)),
    )
    .map(({ one, name }) => ({
      id: name,
      label: one.command,
      hint: one.usage_hint,
      note: one.description,
      insert: `${one.command} `,
      exact: name.toLowerCase() === wanted,
    }));
  return rows.length ? { kind: "command", from: 0, to: caret, rows } : null;
}

function nameOffers(typed, caret, room) {
  const wanted = typed.toLowerCase();
  const members = new Set(room?.members ?? []);
  const people = Object.values(store.server.people).filter(
    (one) =>
      !one.deleted &&
      (`${one.real_name ?? ""} ${one.name}`.toLowerCase().includes(wanted) ||
        (one.real_name ?? "").replace(/\s/g, "").toLowerCase().includes(wanted)),
  );
  people.sort(
    (a, b) =>
      Number(members.has(b.id)) - Number(members.has(a.id)) || Number(b.id === bot()?.id) - Number(a.id === bot()?.id),
  );
  const rows = people
    .slice(0, 8)
    .map((one) => ({
      id: one.id,
      label: personName(one),
      note: members.has(one.id) ? one.name : t("compose.not_here"),
      insert: `@${personName(one)} `,
      person: one,
    }));
  return rows.length && typed.length < 20 ? { kind: "name", from: caret - typed.length - 1, to: caret, rows } : null;
}

/** The strip under a command whose arguments are being typed: its usage hint. */
export function usageOf(text, inThread) {
  if (inThread || isStranger()) return null;
  const word = /^[/／]([^\s　]+)[\s　]/.exec(text);
  return word
    ? ((store.server.commands ?? []).find((one) => one.command.replace(/^\//, "") === word[1]) ?? null)
    : null;
}

export const offerRow = (row, index, chosen, id, pick) =>
  h(
    "div.offer",
    {
      role: "option",
      id: `${id}-${index}`,
      "aria-selected": chosen,
      "data-testid": `offer-${row.id}`,
      onpointerdown: (event) => event.preventDefault(),
      onclick: pick,
    },
    row.person ? avatar(row.person, "small") : null,
    h(
      "span.row",
      {},
      h("span", {}, h("b", {}, row.label), row.hint ? h("code.hint", {}, row.hint) : null),
      row.note ? h("small", {}, row.note) : null,
    ),
  );

/** @names of people become <@U…>, as Slack's own client sends them; the workspace escapes the rest. */
export function wireText(text) {
  const names = new Map(
    Object.values(store.server.people)
      .filter((one) => !one.deleted)
      .map((one) => [`@${personName(one)}`, `<@${one.id}>`]),
  );
  const longest = [...names.keys()]
    .sort((a, b) => b.length - a.length)
    .map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return text.replace(new RegExp(longest.join("|").replaceAll("@", "[@＠]"), "g"), (found) =>
    names.get(`@${found.slice(1)}`),
  );
}
