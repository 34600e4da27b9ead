// Every example message as Slack and as Teams show it, side by side and in both languages, so that it can be reviewed.

import { teamsDialog, teamsMessage } from "./adaptive.js";
import { loadTexts, readGallery, readState, speak, t, tn } from "./api.js";
import { h, icon, personName } from "./dom.js";
import { messageRow } from "./messages.js";
import { stillForm } from "./modal.js";
import { bot, store } from "./state.js";

const LANGUAGES = ["ja", "en"];
const OWN_NAME = { ja: "日本語", en: "English" };
const PLATFORMS = ["slack", "teams"];
const asked = new URLSearchParams(location.search).get("lang");
const phone = { on: matchMedia("(max-width: 760px)").matches };

async function start() {
  const state = (await readState(localStorage.getItem("practice.person"))) ?? (await readState(null));
  store.server = state ?? {
    me: { id: "me", locale: "ja-JP", tz: "Asia/Tokyo" },
    people: {},
    rooms: [],
    messages: {},
    views: [],
    team: {},
  };
  store.person = store.server.me.id;
  if (asked) store.server.me.locale = asked;
  await Promise.all(LANGUAGES.map(loadTexts));
  speak(mine());
  const shelves = await Promise.all(LANGUAGES.map(readGallery));
  const names = [...new Set(shelves.flat().map((one) => one.name))];
  document.title = t("gallery.name");
  head(names.length);
  document.getElementById("examples").append(...names.map((name) => row(name, shelves)));
  filter(new URLSearchParams(location.search).get("q") ?? "");
}

const mine = () => (store.server.me.locale.startsWith("ja") ? "ja" : "en");

function head(count) {
  const search = h("input.field", {
    type: "search",
    "data-testid": "gallery-filter",
    "aria-label": t("gallery.filter"),
    placeholder: t("gallery.filter"),
    value: new URLSearchParams(location.search).get("q") ?? "",
    oninput: () => filter(search.value),
  });
  const narrow = h(
    "button.button",
    {
      type: "button",
      "aria-pressed": String(phone.on),
      "data-testid": "gallery-phone",
      onclick: () => {
        phone.on = !phone.on;
        narrow.setAttribute("aria-pressed", String(phone.on));
        document.body.classList.toggle("phone", phone.on);
      },
    },
    t("gallery.phone"),
  );
  document.body.classList.toggle("phone", phone.on);
  document
    .getElementById("gallery-head")
    .append(
      h("a.plain", { href: "/", "aria-label": t("gallery.back"), title: t("gallery.back") }, icon("back")),
      h("h1", {}, t("gallery.name")),
      h("span.count", { id: "gallery-count", role: "status" }, tn("gallery.count", count)),
      search,
      h("div.group", { role: "group", "aria-label": t("language.name") }, LANGUAGES.map(shower)),
      narrow,
    );
}

/** Shows or hides one language, since four pictures of each message are many on a phone. */
function shower(language) {
  const button = h(
    "button.button",
    {
      type: "button",
      lang: language,
      "aria-pressed": "true",
      "data-testid": `gallery-${language}`,
      onclick: () => {
        const hidden = document.body.classList.toggle(`without-${language}`);
        button.setAttribute("aria-pressed", String(!hidden));
      },
    },
    OWN_NAME[language],
  );
  return button;
}

function row(name, shelves) {
  const node = h(
    "section.example",
    { "data-name": name, "data-testid": `example-${name}`, id: name },
    h("h2", {}, h("a", { href: `#${name}` }, name)),
    LANGUAGES.flatMap((language, index) =>
      shelves[index].filter((one) => one.name === name).map((one) => pair(one, language)),
    ),
  );
  node.dataset.words = `${name} ${node.textContent}`.toLowerCase();
  return node;
}

const pair = (example, language) =>
  h(
    "div.pair",
    { lang: language },
    PLATFORMS.map((platform) =>
      h(
        "div.side",
        { class: `on-${platform}`, "data-platform": platform },
        h("h3", {}, t(`gallery.${platform}`)),
        platform === "slack" ? onSlack(example, language) : onTeams(example),
      ),
    ),
  );

/** Dates, labels and marks of an example follow its own language, as its reader's Slack would. */
function onSlack({ name, slack }, language) {
  const before = store.server.me.locale;
  store.server.me.locale = language;
  speak(language);
  const node = slack.view
    ? stillForm(slack.view)
    : messageRow(
        { user: bot()?.id ?? "bot", ts: "1783900800.000100", ...slack },
        { channel: `gallery-${language}-${name}`, still: true },
      );
  store.server.me.locale = before;
  speak(mine());
  return node;
}

const onTeams = ({ teams }) =>
  "title" in teams ? teamsDialog(teams) : teamsMessage(teams, bot() ? personName(bot()) : "");

function filter(words) {
  const wanted = words.trim().toLowerCase();
  let count = 0;
  for (const node of document.querySelectorAll(".example")) {
    node.hidden = !node.dataset.words.includes(wanted);
    if (!node.hidden) count += 1;
  }
  document.getElementById("gallery-count").textContent = tn("gallery.count", count);
}

start();
