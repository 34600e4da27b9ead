// Text objects: Slack's own light markup (mrkdwn), read into nodes: only & < > are escaped, <…> is a link, a mention or a date.

import { emoji, withEmoji } from "./emoji.js";
import { h } from "./dom.js";
import { byTokens } from "./dates.js";
import { channelMention, link, userMention, wordMention } from "./mentions.js";

const unescape = (text) => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");

/** A fragment that shows a mrkdwn text; `verbatim` leaves bare addresses as text. */
export function mrkdwn(text, { verbatim = false } = {}) {
  const out = document.createDocumentFragment();
  const parts = text.split(/```([\s\S]*?)```/);
  parts.forEach((part, index) => {
    if (index % 2) out.append(h("pre", {}, unescape(part.replace(/^\n|\n$/g, ""))));
    else out.append(...lines(index ? part.replace(/^\n/, "") : part, verbatim));
  });
  return out;
}

/** Lines that begin with > become one quotation. */
function lines(text, verbatim) {
  const out = [];
  let quote = null;
  text.split("\n").forEach((line, index) => {
    const quoted = /^(?:&gt;|>) ?(.*)$/.exec(line);
    if (quoted) {
      if (quote) quote.append(h("br"));
      else out.push((quote = h("blockquote")));
      quote.append(...spans(quoted[1], verbatim));
      return;
    }
    const after = quote !== null;
    quote = null;
    if (index && !after) out.push(h("br"));
    out.push(...spans(line, verbatim));
  });
  return out;
}

function spans(line, verbatim) {
  return line
    .split(/(`[^`\n]+`)/)
    .flatMap((part, index) => (index % 2 ? [h("code", {}, unescape(part.slice(1, -1)))] : styled(part, verbatim)));
}

const STYLES = { "*": "b", _: "i", "~": "s" };
const STYLE = /(^|[\s(（「、。:：])([*_~])(?=\S)((?:(?!\2).)*?\S)\2(?=[\s).,!?:;）」、。]|$)/;

/** Bold, italic and strike count only at the edge of a word, as in Slack. */
function styled(text, verbatim) {
  const match = STYLE.exec(text);
  if (!match) return marked(text, verbatim);
  const start = match.index + match[1].length;
  const end = match.index + match[0].length;
  return [
    ...marked(text.slice(0, start), verbatim),
    h(STYLES[match[2]], {}, styled(match[3], verbatim)),
    ...styled(text.slice(end), verbatim),
  ];
}

function marked(text, verbatim) {
  return text.split(/(<[^<>]*>)/).flatMap((part) => {
    const inside = /^<([^<>]+)>$/.exec(part);
    return inside ? [token(inside[1])] : plain(part, verbatim);
  });
}

function token(inside) {
  const [head, label] = inside.split("|");
  const text = label === undefined ? null : unescape(label);
  if (head.startsWith("@")) return userMention(head.slice(1));
  if (head.startsWith("#")) return channelMention(head.slice(1), text);
  if (head.startsWith("!date")) return dateOf(head, text);
  if (head.startsWith("!subteam")) return wordMention(text ?? head.split("^")[1]);
  if (head.startsWith("!")) return wordMention(head.slice(1));
  return link(unescape(head), text);
}

/** <!date^1392734382^{date_short} {time}^https://…|fallback> */
function dateOf(head, fallback) {
  const [, seconds, pattern, url] = head.split("^");
  if (!/^\d+$/.test(seconds ?? "")) return document.createTextNode(fallback ?? "");
  const text = byTokens(new Date(Number(seconds) * 1000), pattern ?? "{date_short} {time}");
  return url ? link(url, text) : h("time", { datetime: new Date(Number(seconds) * 1000).toISOString() }, text);
}

function plain(text, verbatim) {
  const parts = verbatim ? [text] : text.split(/(https?:\/\/[^\s<>「」（）、。]+)/);
  return parts.flatMap((part, index) => (index % 2 ? [link(unescape(part), null)] : emojis(unescape(part))));
}

const emojis = (text) =>
  text
    .split(/(:[a-z0-9_+-]+:)/)
    .filter(Boolean)
    .map((part) => {
      const name = /^:([a-z0-9_+-]+):$/.exec(part);
      return document.createTextNode(name ? emoji(name[1]) : part);
    });

/** plain_text or mrkdwn object into nodes. */
export function textObject(object) {
  if (!object) return null;
  return object.type === "mrkdwn" ? mrkdwn(object.text, { verbatim: object.verbatim }) : plainText(object);
}

export const plainText = (object) => (object.emoji === false ? object.text : withEmoji(object.text));
