// rich_text blocks into nodes: sections, lists, quotations and preformatted text, literal in every word.

import { emoji } from "./emoji.js";
import { h } from "./dom.js";
import { byTokens } from "./dates.js";
import { channelMention, link, userMention, wordMention } from "./mentions.js";
import { t } from "./api.js";

export const richText = (block) => h("div.rich", {}, block.elements.map(part));

function part(element) {
  switch (element.type) {
    case "rich_text_section":
      return h("div.rich-section", {}, inlines(element.elements));
    case "rich_text_quote":
      return h("blockquote", {}, inlines(element.elements));
    case "rich_text_preformatted":
      return h("pre", {}, inlines(element.elements));
    case "rich_text_list":
      return list(element);
    default:
      return h("span.unknown", {}, t("block.unknown", { type: element.type }));
  }
}

/** Slack's nested lists are flat lists with an indent; the marks change with it. */
function list(element) {
  const indent = element.indent ?? 0;
  const node = h(
    element.style === "ordered" ? "ol" : "ul",
    { class: `indent-${Math.min(indent, 8)} marks-${indent % 3}${element.border ? " border" : ""}` },
    element.elements.map((item) =>
      h("li", {}, item.type === "rich_text_section" ? inlines(item.elements) : part(item)),
    ),
  );
  if (element.style === "ordered" && element.offset) node.setAttribute("start", element.offset + 1);
  return node;
}

const inlines = (elements) => elements.flatMap((element, index) => inline(element, index, elements));

function inline(element, index, all) {
  const style = element.style ?? {};
  let nodes = [content(element)];
  if (element.type === "text") nodes = withBreaks(element.text, index === all.length - 1);
  if (style.code) nodes = [h("code", {}, nodes)];
  if (style.bold) nodes = [h("b", {}, nodes)];
  if (style.italic) nodes = [h("i", {}, nodes)];
  if (style.underline) nodes = [h("u", {}, nodes)];
  if (style.strike) nodes = [h("s", {}, nodes)];
  return nodes;
}

/** A break at the very end of a section would add an empty line that Slack does not draw. */
function withBreaks(text, last) {
  const trimmed = last ? text.replace(/\n$/, "") : text;
  return trimmed.split("\n").flatMap((line, index) => (index ? [h("br"), line] : [line]));
}

function content(element) {
  switch (element.type) {
    case "text":
      return element.text;
    case "link":
      return link(element.url, element.text ?? null);
    case "user":
      return userMention(element.user_id);
    case "channel":
      return channelMention(element.channel_id, null);
    case "usergroup":
      return wordMention(element.usergroup_id);
    case "team":
      return wordMention(element.team_id);
    case "broadcast":
      return wordMention(element.range);
    case "emoji":
      return h("span.emoji", { title: `:${element.name}:` }, emoji(element.name, element.unicode));
    case "color":
      return h("code", {}, element.value);
    case "date":
      return date(element);
    default:
      return h("span.unknown", {}, t("block.unknown", { type: element.type }));
  }
}

function date(element) {
  const text = byTokens(new Date(element.timestamp * 1000), element.format ?? "{date_short} {time}");
  return element.url
    ? link(element.url, text)
    : h("time", { datetime: new Date(element.timestamp * 1000).toISOString() }, text);
}
