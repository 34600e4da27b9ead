// What a menu offers: its own options, the people or the rooms of the workspace, and how its answer is named.

import { personName } from "./dom.js";
import { plainText } from "./mrkdwn.js";
import { appRoom, bot, currentRoom, isMember, store } from "./state.js";

const KINDS = { channel: "public", private: "private", im: "im", mpim: "mpim" };

/** People and rooms that a users_select, channels_select or conversations_select offers: {value, label}. */
function pool(it) {
  const { people, rooms } = store.server;
  const kind = it.type.replace(/^multi_/, "");
  if (kind === "users_select")
    return Object.values(people)
      .filter((one) => !one.deleted && one.id !== bot()?.id)
      .map((one) => ({ value: one.id, label: personName(one) }));
  const wanted = kind === "channels_select" ? ["public"] : (it.filter?.include ?? ["public", "private", "im", "mpim"]);
  const inRoom = (room) => room.kind === "channel" || isMember(room);
  const ofBot = (room) => it.filter?.exclude_bot_users && room.id === appRoom()?.id;
  return rooms
    .filter((room) => !room.archived && wanted.includes(KINDS[room.kind]) && inRoom(room) && !ofBot(room))
    .map((room) => ({ value: room.id, label: room.kind.endsWith("im") ? room.name : `#${room.name}` }));
}

const FIELD = { users_select: "user", conversations_select: "conversation", channels_select: "channel" };

/** What a select can offer and how its answer is named, for single and multi alike. */
export function optionsOf(it) {
  const kind = it.type.replace(/^multi_/, "");
  const plural = it.type.startsWith("multi_");
  const field = FIELD[kind];
  if (field) {
    const initial = plural
      ? (it[`initial_${field}s`] ?? [])
      : [it[`initial_${field}`] ?? (it.default_to_current_conversation ? currentRoom()?.id : null)].filter(Boolean);
    return {
      groups: [{ label: null, options: pool(it) }],
      initial,
      answer: (values) => ({
        type: it.type,
        [plural ? `selected_${field}s` : `selected_${field}`]: plural ? values : (values[0] ?? null),
      }),
    };
  }
  const groups = (it.option_groups ?? [{ label: null, options: it.options ?? [] }]).map((group) => ({
    label: group.label ? plainText(group.label) : null,
    options: group.options.map((option) => ({
      value: option.value,
      label: plainText(option.text),
      note: option.description ? plainText(option.description) : null,
      option,
    })),
  }));
  const initial = plural ? (it.initial_options ?? []) : [it.initial_option].filter(Boolean);
  const known = new Map(
    [...initial, ...groups.flatMap((group) => group.options.map((one) => one.option))].map((option) => [
      option.value,
      option,
    ]),
  );
  return {
    groups,
    known,
    initial: initial.map((option) => option.value),
    answer: (values) => {
      const full = values.map((value) => known.get(value)).filter(Boolean);
      return { type: it.type, [plural ? "selected_options" : "selected_option"]: plural ? full : (full[0] ?? null) };
    },
  };
}
