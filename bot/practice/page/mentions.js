// People, rooms and links inside a text, as small nodes that can be followed.

import { t } from "./api.js";
import { h, personName } from "./dom.js";
import { person, roomById, store } from "./state.js";

let follow = () => false;

/** Hands over the function that opens a room or a message of this workspace; true means it was ours. */
export const onFollow = (handler) => {
  follow = handler;
};

export function userMention(id) {
  const who = person(id.split("|")[0]);
  return h("span.mention", { class: id === store.person ? "mine" : "" }, `@${who ? personName(who) : id}`);
}

export function channelMention(id, label) {
  const room = roomById(id);
  const name = room?.name ?? label;
  if (!name) return h("span.mention", {}, `#${t("room.private")}`);
  return h("a.mention", { href: `/archives/${id}`, onclick: followed }, `#${name}`);
}

export const wordMention = (word) => h("span.mention.mine", {}, `@${word}`);

/** An address that a browser may open, or null: nothing that would run as code here. */
export const safeUrl = (url) => (/^(https?:|mailto:|tel:)/i.test(url ?? "") ? url : null);

/** Only safe addresses become links; others stay text. */
export function link(url, text) {
  if (!safeUrl(url)) return h("span", {}, text ?? url);
  const ours = url.startsWith(`${location.origin}/archives/`);
  return h(
    "a",
    {
      href: url,
      target: ours ? null : "_blank",
      rel: ours ? null : "noopener noreferrer",
      onclick: ours ? followed : null,
    },
    text ?? url,
  );
}

function followed(event) {
  const url = new URL(event.currentTarget.href);
  if (follow(url)) event.preventDefault();
}
