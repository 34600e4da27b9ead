// Interactive elements: buttons, selects, fields; each reads itself as state.values holds it and fires its own action.

import { t } from "./api.js";
import { plainText, textObject } from "./mrkdwn.js";
import { instantOf, localParts } from "./dates.js";
import { askConfirm } from "./dialogs.js";
import { h, icon, menuOf, openPopover } from "./dom.js";
import { picker } from "./picker.js";
import { drafts } from "./state.js";
import { optionsOf } from "./options.js";
import { problem } from "./checks.js";
import { safeUrl } from "./mentions.js";

/** Draws one element of a block and, where it holds a value, registers it in ctx.fields. */
export function element(it, block, ctx) {
  const my = { it, block, ctx, key: `${ctx.key}/${block.block_id}/${it.action_id}`, testid: `action-${it.action_id}` };
  const kind = it.type.replace(/^multi_/, "");
  switch (kind) {
    case "button":
    case "workflow_button":
      return button(my);
    case "icon_button":
      return button(my);
    case "image":
      return h("img.thumb", { src: it.image_url, alt: it.alt_text });
    case "overflow":
      return overflow(my);
    case "static_select":
    case "users_select":
    case "conversations_select":
    case "channels_select":
      return it.type.startsWith("multi_") ? picker(my, helpers) : select(my);
    case "external_select":
      return picker(my, helpers);
    case "datepicker":
      return dated(my, "date", "selected_date", it.initial_date);
    case "timepicker":
      return dated(my, "time", "selected_time", it.initial_time);
    case "datetimepicker":
      return moment(my);
    case "plain_text_input":
      return text(my, "text");
    case "email_text_input":
      return text(my, "email");
    case "url_text_input":
      return text(my, "url");
    case "number_input":
      return text(my, "number");
    case "rich_text_input":
      return richInput(my);
    case "checkboxes":
      return choices(my, false);
    case "radio_buttons":
      return choices(my, true);
    case "file_input":
      return file(my);
    default:
      return h("span.unknown", {}, t("block.unknown", { type: it.type }));
  }
}

/** Marks that let a redrawn element take the focus back, and tests and labels find it. */
export const marks = ({ key, testid, ctx, it }) => ({
  id: ctx.id ?? null,
  "data-focus": key,
  "data-testid": testid,
  "aria-label": ctx.id ? null : (it.placeholder?.text ?? it.accessibility_label ?? t("form.choose")),
});

const draft = (my, initial) => (drafts.has(my.key) ? drafts.get(my.key) : initial);
const keep = (my, raw) => drafts.set(my.key, raw);

function register(my, read, node) {
  my.ctx.fields.push({
    block: my.block,
    element: my.it,
    read,
    problem: () => problem(my.it, read(), Boolean(my.block.optional)),
    node,
  });
  return node;
}

/** Sends block_actions; an element of an input block is silent unless the block asks for it. */
export async function fire(my, payload, node) {
  const { it, block, ctx } = my;
  if (ctx.input && !ctx.dispatch) return true;
  if (it.confirm && !(await askConfirm(it.confirm))) return false;
  node?.setAttribute("aria-busy", "true");
  await ctx.send({
    do: "action",
    container: ctx.container,
    block_id: block.block_id,
    action_id: it.action_id,
    type: it.type,
    ...payload,
    values: ctx.values(),
  });
  node?.removeAttribute("aria-busy");
  return true;
}

const helpers = { marks, draft, keep, register, fire, optionsOf };

function button(my) {
  const { it, testid, key } = my;
  const label = it.text ? plainText(it.text) : "";
  const node = h(
    "button.button",
    {
      type: "button",
      class: it.style ?? "",
      "data-testid": testid,
      "data-focus": key,
      "data-value": it.value,
      "aria-label": it.accessibility_label,
      onclick: async () => {
        if (node.getAttribute("aria-busy")) return;
        if (safeUrl(it.url)) open(it.url, "_blank", "noopener");
        const { value, text: words } = it;
        await fire(my, { text: words, value, style: it.style }, node);
      },
    },
    label,
    it.url ? icon("link", 14) : null,
  );
  return node;
}

function overflow(my) {
  const node = h(
    "button.button.square",
    {
      type: "button",
      "data-testid": my.testid,
      "data-focus": my.key,
      "aria-haspopup": "menu",
      "aria-label": t("message.more"),
      onclick: () => {
        const rows = my.it.options.map((option) => ({
          label: plainText(option.text),
          note: option.description ? plainText(option.description) : null,
          testid: `option-${option.value}`,
          run: () => {
            if (safeUrl(option.url)) open(option.url, "_blank", "noopener");
            fire(my, { selected_option: option }, node);
          },
        }));
        openPopover(node, menuOf(rows, t("message.more")));
      },
    },
    icon("moreAcross"),
  );
  return node;
}

function select(my) {
  const { groups, initial, answer } = optionsOf(my.it);
  const chosen = draft(my, initial)[0] ?? "";
  const option = (one) => h("option", { value: one.value, selected: one.value === chosen }, one.label);
  const node = h(
    "select.field",
    {
      ...marks(my),
      class: chosen ? "" : "empty",
      onchange: async () => {
        const before = draft(my, initial);
        node.classList.toggle("empty", !node.value);
        keep(my, node.value ? [node.value] : []);
        if (await fire(my, answer(draft(my, initial)), node)) return;
        keep(my, before);
        node.value = before[0] ?? "";
      },
    },
    h("option", { value: "", selected: !chosen }, my.it.placeholder ? plainText(my.it.placeholder) : t("form.choose")),
    groups.map((group) =>
      group.label ? h("optgroup", { label: group.label }, group.options.map(option)) : group.options.map(option),
    ),
  );
  return register(my, () => answer(draft(my, initial)), h("span.select", {}, node, icon("down", 16)));
}

/** Typing a date passes through half-typed years: an action waits until the field rests or is left. */
function settled(node, run) {
  let timer = 0;
  const now = () => {
    clearTimeout(timer);
    timer = 0;
    run();
  };
  node.addEventListener("change", () => {
    clearTimeout(timer);
    timer = setTimeout(now, 500);
  });
  node.addEventListener("blur", () => {
    if (timer) now();
  });
}

function dated(my, type, field, initial) {
  const node = h("input.field", {
    ...marks(my),
    type,
    value: draft(my, initial ?? "") ?? "",
    max: type === "date" ? "9999-12-31" : null,
    oninput: () => keep(my, node.value),
  });
  let last = node.value;
  settled(node, async () => {
    if (node.value === last || /^0/.test(type === "date" ? node.value : "")) return;
    if (await fire(my, { [field]: node.value || null }, node)) last = node.value;
    else {
      node.value = last;
      keep(my, last);
    }
  });
  return register(my, () => ({ type: my.it.type, [field]: node.value || null }), h("span.dated", {}, node));
}

function moment(my) {
  const initial = my.it.initial_date_time ? localParts(new Date(my.it.initial_date_time * 1000)) : "";
  const read = () => ({ selected_date_time: node.value ? instantOf(node.value.slice(0, 16)) : null });
  const node = h("input.field", {
    ...marks(my),
    type: "datetime-local",
    value: draft(my, initial),
    oninput: () => keep(my, node.value),
  });
  settled(node, () => fire(my, read(), node));
  return register(my, () => ({ type: my.it.type, ...read() }), h("span.dated", {}, node));
}

function text(my, type) {
  const { it } = my;
  const attributes = {
    ...marks(my),
    placeholder: it.placeholder ? plainText(it.placeholder) : null,
    maxlength: it.max_length ?? 3000,
    value: draft(my, it.initial_value ?? ""),
    autocomplete: "off",
  };
  const modes = { number: it.is_decimal_allowed ? "decimal" : "numeric", email: "email", url: "url" };
  const node = it.multiline
    ? h("textarea.field", { ...attributes, rows: 4 })
    : h("input.field", { ...attributes, type: "text", inputmode: modes[type] ?? null });
  const read = () => ({ type: it.type, value: node.value === "" ? null : node.value });
  const on = it.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  let timer = 0;
  node.addEventListener("input", () => {
    keep(my, node.value);
    if (!on.includes("on_character_entered")) return;
    clearTimeout(timer);
    timer = setTimeout(() => fire(my, { value: node.value }), 300);
  });
  node.addEventListener("keydown", (event) => {
    const fires = on.includes("on_enter_pressed") && (!my.ctx.input || my.ctx.dispatch);
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229 || it.multiline || !fires) return;
    event.preventDefault();
    fire(my, { value: node.value });
  });
  if (it.focus_on_load) node.setAttribute("data-first", "");
  return register(my, read, node);
}

/** Plain typing stands for the editor; the value has Slack's rich_text shape. */
function richInput(my) {
  const written = (my.it.initial_value?.elements ?? [])
    .flatMap((part) => part.elements ?? [])
    .map((one) => one.text ?? "")
    .join("");
  const node = h("textarea.field", {
    ...marks(my),
    rows: 5,
    value: draft(my, written),
    placeholder: my.it.placeholder ? plainText(my.it.placeholder) : null,
    oninput: () => keep(my, node.value),
  });
  const read = () => ({
    type: my.it.type,
    rich_text_value: node.value
      ? { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text: node.value }] }] }
      : null,
  });
  return register(my, read, node);
}

function choices(my, single) {
  const { it, ctx } = my;
  const first = single
    ? [it.initial_option?.value].filter(Boolean)
    : (it.initial_options ?? []).map((option) => option.value);
  const chosen = () => draft(my, first);
  const answer = () => {
    const picked = it.options.filter((option) => chosen().includes(option.value));
    return single ? { selected_option: picked[0] ?? null } : { selected_options: picked };
  };
  const box = h(
    "div.choices",
    {
      role: single ? "radiogroup" : "group",
      "aria-labelledby": ctx.id ? `${ctx.id}-label` : null,
      "data-testid": my.testid,
    },
    it.options.map((option, index) => {
      const node = h("input", {
        type: single ? "radio" : "checkbox",
        name: my.key,
        id: index ? null : ctx.id,
        "data-focus": `${my.key}/${option.value}`,
        checked: chosen().includes(option.value),
        value: option.value,
        onchange: async () => {
          const before = chosen();
          keep(
            my,
            single
              ? [option.value]
              : it.options
                  .map((one) => one.value)
                  .filter((value) => (value === option.value ? node.checked : before.includes(value))),
          );
          if (await fire(my, answer(), box)) return;
          keep(my, before);
          for (const one of box.querySelectorAll("input")) one.checked = before.includes(one.value);
        },
      });
      return h(
        "label.choice",
        {},
        node,
        h(
          "span",
          {},
          textObject(option.text),
          option.description ? h("small", {}, textObject(option.description)) : null,
        ),
      );
    }),
  );
  return register(my, () => ({ type: it.type, ...answer() }), box);
}

function file(my) {
  const node = h("input.field", {
    ...marks(my),
    type: "file",
    multiple: (my.it.max_files ?? 10) > 1,
    accept: my.it.filetypes?.map((kind) => `.${kind}`).join(","),
  });
  return register(
    my,
    () => ({
      type: my.it.type,
      files: [...node.files].map((one, index) => ({ id: `F${index}`, name: one.name, size: one.size })),
    }),
    node,
  );
}
