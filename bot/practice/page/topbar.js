// The bar on top: who acts, in which language, and the page's own menu.

import { act, hasText, reset, t } from "./api.js";
import { ask } from "./dialogs.js";
import { avatar, h, icon, menuOf, openPopover, personName } from "./dom.js";
import { oneByOne } from "./order.js";
import { forgetAll, language, me, refresh, store } from "./state.js";
import { toastError } from "./toasts.js";

/** What a person is in this workspace: their title where the texts hold one (practice.title.<name>), else their kind. */
export const roleOf = (person) =>
  hasText(`title.${person.name}`) ? t(`title.${person.name}`) : t(`person.${person.kind}`);
const languageOf = (person) => ((person.locale ?? "ja").startsWith("ja") ? "日本語" : "English");

export function drawTopbar(host, switchTo) {
  const now = me();
  const face = h(
    "button.person",
    {
      type: "button",
      "data-testid": "person",
      "data-person": now.id,
      "aria-haspopup": "menu",
      "aria-label": t("person.switch", { name: personName(now) }),
      onclick: () => openPopover(face, people(switchTo)),
    },
    avatar(now, "small"),
    h("span.row", {}, h("b", {}, personName(now)), h("small", {}, roleOf(now))),
    icon("down", 14),
  );
  const more = h(
    "button.plain",
    {
      type: "button",
      "data-testid": "more",
      "aria-haspopup": "menu",
      "aria-label": t("menu.name"),
      title: t("menu.name"),
      onclick: () => openPopover(more, pageMenu()),
    },
    icon("more"),
  );
  host.replaceChildren(languages(), face, more);
}

function languages() {
  const one = (code, label, locale) =>
    h(
      "button",
      {
        type: "button",
        lang: code,
        "aria-pressed": language() === code ? "true" : "false",
        "data-testid": `language-${code}`,
        onclick: () => choose(locale),
      },
      label,
    );
  return h(
    "div.languages",
    { role: "group", "aria-label": t("language.name"), "data-testid": "language", "aria-busy": choosing > 0 },
    one("ja", "日本語", "ja-JP"),
    one("en", "English", "en-US"),
  );
}

const inTurn = oneByOne();
let choosing = 0;

/** Choices reach the bot in their order; the mark is gone when it knows of all of them. */
async function choose(locale) {
  const chooser = store.person;
  mark(1);
  await inTurn(async () => {
    const answer = await act(chooser, { do: "set_locale", locale });
    if (!answer.ok) toastError(answer);
    if (chooser === store.person && store.room === "app") await act(chooser, { do: "home", tab: store.tab });
    await refresh();
  }).finally(() => mark(-1));
}

function mark(more) {
  choosing += more;
  document.querySelector("[data-testid=language]")?.setAttribute("aria-busy", choosing ? "true" : "false");
}

function people(switchTo) {
  const rows = Object.values(store.server.people)
    .filter((one) => one.kind !== "bot" && !one.deleted)
    .map((one) => ({
      avatar: avatar(one),
      label: personName(one),
      note: `${roleOf(one)} · ${languageOf(one)}`,
      checked: one.id === store.person,
      testid: `person-${one.id}`,
      run: () => switchTo(one.id),
    }));
  const menu = menuOf(rows, t("person.choose"));
  menu.prepend(h("p.menu-note", {}, t("person.choose")));
  return menu;
}

const pageMenu = () =>
  menuOf(
    [
      {
        icon: "gallery",
        label: t("menu.gallery"),
        note: t("menu.gallery_note"),
        testid: "gallery",
        run: () => {
          location.href = "/gallery";
        },
      },
      { icon: "reset", label: t("menu.reset"), note: t("menu.reset_note"), danger: true, testid: "reset", run: again },
    ],
    t("menu.name"),
  );

async function again() {
  const sure = await ask({
    title: t("menu.reset"),
    body: t("menu.reset_ask"),
    yes: t("menu.reset_yes"),
    no: t("form.cancel"),
    danger: true,
  });
  if (!sure) return;
  const { status } = await reset();
  if (status >= 300) {
    toastError({ error: "reset_failed" });
    return;
  }
  forgetAll();
  location.reload();
}
