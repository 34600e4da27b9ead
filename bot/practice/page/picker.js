// Selects with many answers or with answers that the bot suggests: a field with chips and a list that filters.

import { t } from "./api.js";
import { plainText } from "./mrkdwn.js";
import { closePopover, h, icon, openPopover } from "./dom.js";
import { inOrder } from "./order.js";

/** multi_* selects and external_select; the shape of my and helpers is elements.js's. */
export function picker(my, { marks, draft, keep, register, fire, optionsOf }) {
  const { it } = my;
  const multi = it.type.startsWith("multi_");
  const offer = optionsOf(it);
  const labels = new Map(offer.groups.flatMap((group) => group.options.map((one) => [one.value, one.label])));
  for (const [value, option] of offer.known ?? []) labels.set(value, plainText(option.text));
  const chosen = () => draft(my, offer.initial);
  const face = h("button.field.picker", {
    type: "button",
    "aria-haspopup": "listbox",
    ...marks(my),
    onclick: () => openPopover(face, list()),
  });
  const show = () =>
    face.replaceChildren(
      ...(chosen().length
        ? chosen().map((value) => h(multi ? "span.chip" : "span", {}, labels.get(value) ?? value))
        : [h("span.placeholder", {}, it.placeholder ? plainText(it.placeholder) : t("form.choose"))]),
      icon("down", 16),
    );
  const set = async (values) => {
    const before = chosen();
    keep(my, values);
    show();
    if (await fire(my, offer.answer(values), face)) return;
    keep(my, before);
    show();
  };
  const toggle = (value) => {
    if (!multi) {
      set(chosen().includes(value) && my.block.optional ? [] : [value]);
      closePopover();
      return;
    }
    const values = chosen().includes(value) ? chosen().filter((one) => one !== value) : [...chosen(), value];
    if (values.length <= (it.max_selected_items ?? 1000)) set(values);
  };

  function list() {
    const rows = h("div.picker-rows", { role: "listbox", "aria-multiselectable": multi });
    const search = h("input.field", {
      type: "text",
      autofocus: true,
      "aria-label": t("form.search"),
      placeholder: t("form.search"),
      autocomplete: "off",
    });
    const fill = (groups) =>
      rows.replaceChildren(
        ...groups.flatMap((group) =>
          [
            group.label && group.options.length ? h("div.group", {}, group.label) : null,
            ...group.options.map((one) =>
              h(
                "button",
                {
                  type: "button",
                  role: "option",
                  "aria-selected": chosen().includes(one.value),
                  "data-testid": `option-${one.value}`,
                  onclick: (event) => {
                    toggle(one.value);
                    event.currentTarget.setAttribute("aria-selected", chosen().includes(one.value));
                  },
                },
                h("span.row", {}, one.label, one.note ? h("small", {}, one.note) : null),
                icon("check", 18),
              ),
            ),
          ].filter(Boolean),
        ),
        ...(groups.every((group) => !group.options.length) ? [h("p.nothing", {}, t("form.nothing"))] : []),
      );
    const filter = () =>
      fill(
        offer.groups.map((group) => ({
          ...group,
          options: group.options.filter((one) => one.label.toLowerCase().includes(search.value.trim().toLowerCase())),
        })),
      );
    const questions = inOrder();
    const suggest = () => {
      const turn = questions.ask();
      return suggestions(my, search.value).then((groups) => {
        if (!questions.take(turn)) return;
        for (const one of groups.flatMap((group) => group.options)) {
          offer.known.set(one.value, one.option);
          labels.set(one.value, one.label);
        }
        fill(groups);
      });
    };
    let timer = 0;
    search.addEventListener("input", () => {
      if (!it.type.includes("external")) return filter();
      clearTimeout(timer);
      if (search.value.length >= (it.min_query_length ?? 3)) timer = setTimeout(suggest, 200);
    });
    if (it.type.includes("external")) {
      if ((it.min_query_length ?? 3) === 0) suggest();
    } else filter();
    return h("div.menu.picker-list", {}, search, rows);
  }

  show();
  return register(my, () => offer.answer(chosen()), h("span.select.wide", {}, face));
}

/** What the bot answers to block_suggestion, as groups of {value, label, option}. */
async function suggestions({ it, block, ctx }, value) {
  const answer = await ctx.send({
    do: "suggest",
    container: ctx.container,
    view_id: ctx.container.view_id,
    block_id: block.block_id,
    action_id: it.action_id,
    type: it.type,
    value,
  });
  const groups = answer?.option_groups?.length
    ? answer.option_groups
    : [{ label: null, options: answer?.options ?? [] }];
  return groups.map((group) => ({
    label: group.label ? plainText(group.label) : null,
    options: group.options.map((option) => ({
      value: option.value,
      label: plainText(option.text),
      note: null,
      option,
    })),
  }));
}
