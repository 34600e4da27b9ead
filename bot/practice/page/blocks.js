// Block Kit blocks into nodes, for messages, forms, the Home tab and the gallery alike.

import { t } from "./api.js";
import { h } from "./dom.js";
import { element } from "./elements.js";
import { plainText, textObject } from "./mrkdwn.js";
import { richText } from "./richtext.js";

/**
 * A drawing of blocks in one container.
 * container: {channel, ts} | {view_id} · key: names the container among drafts · send: runs an act
 * errors: {block_id: text} · fields: filled while drawing · values(): state.values as Slack shapes it
 */
export function context({ container, key, send, errors = {} }) {
  const fields = [];
  const values = () => {
    const out = {};
    for (const field of fields) (out[field.block.block_id] ??= {})[field.element.action_id] = field.read();
    return out;
  };
  return { container, key, send, errors, fields, values };
}

export const blocks = (list, ctx) =>
  h(
    "div.blocks",
    {},
    list.map((block) => drawn(block, ctx)),
  );

function drawn(block, ctx) {
  switch (block.type) {
    case "header":
      return h("h3.block-header", {}, plainText(block.text));
    case "divider":
      return h("hr.block-divider");
    case "section":
      return section(block, ctx);
    case "context":
      return h("div.block-context", {}, block.elements.map(contextPart));
    case "actions":
      return h(
        "div.block-actions",
        {},
        block.elements.map((one) => element(one, block, ctx)),
      );
    case "context_actions":
      return h(
        "div.block-actions",
        {},
        block.elements.map((one) => element(one, block, ctx)),
      );
    case "image":
      return picture(block);
    case "rich_text":
      return richText(block);
    case "table":
      return table(block);
    case "markdown":
      return h("div.block-markdown", {}, block.text);
    case "input":
      return input(block, ctx);
    case "alert":
      return h("div.block-alert", { class: block.level ?? "" }, textObject(block.text));
    default:
      return h("div.unknown", {}, t("block.unknown", { type: block.type }));
  }
}

function section(block, ctx) {
  const words = h(
    "div.block-words",
    {},
    block.text ? h("div", {}, textObject(block.text)) : null,
    block.fields
      ? h(
          "div.block-fields",
          {},
          block.fields.map((field) => h("div", {}, textObject(field))),
        )
      : null,
  );
  const side = block.accessory ? h("div.block-accessory", {}, element(block.accessory, block, ctx)) : null;
  return h("div.block-section", { class: block.accessory?.type === "overflow" ? "tight" : "" }, words, side);
}

const contextPart = (part) =>
  part.type === "image"
    ? h("img", { src: part.image_url, alt: part.alt_text, width: 20, height: 20 })
    : h("span", {}, textObject(part));

const table = (block) =>
  h(
    "div.block-table",
    {},
    h(
      "table",
      {},
      block.rows.map((row, index) =>
        h(
          "tr",
          {},
          row.map((cell) => h(index ? "td" : "th", {}, cell.type === "rich_text" ? richText(cell) : cell.text)),
        ),
      ),
    ),
  );

const picture = (block) =>
  h(
    "figure.block-image",
    {},
    block.title ? h("figcaption", {}, plainText(block.title)) : null,
    h("img", { src: block.image_url, alt: block.alt_text, loading: "lazy" }),
  );

let serial = 0;

function input(block, ctx) {
  const id = `field-${++serial}`;
  const inside = { ...ctx, label: block.label.text, id, input: true, dispatch: Boolean(block.dispatch_action) };
  const control = element(block.element, block, inside);
  const box = h(
    "div.block-input",
    { "data-block": block.block_id, "data-testid": `field-${block.block_id}` },
    h(
      "label.block-label",
      { for: id, id: `${id}-label` },
      plainText(block.label),
      block.optional ? h("span.optional", {}, t("form.optional")) : null,
    ),
    control,
    block.hint ? h("div.block-hint", { id: `${id}-hint` }, plainText(block.hint)) : null,
  );
  if (block.hint) control.querySelector?.(`#${id}`)?.setAttribute("aria-describedby", `${id}-hint`);
  showError(box, ctx.errors[block.block_id] ?? null);
  return box;
}

/** Puts (or takes away) the red sentence under an input block. */
export function showError(box, text) {
  box.querySelector(":scope > .block-error")?.remove();
  box.classList.toggle("invalid", Boolean(text));
  if (text) box.append(h("div.block-error", { role: "alert" }, text));
}
