// Every example message in both languages, side by side, drawn as in the chat, so that wording can be reviewed.

import { loadTexts, readGallery, readState, speak, t, tn } from "./api.js";
import { h, icon } from "./dom.js";
import { messageRow } from "./messages.js";
import { stillForm } from "./modal.js";
import { bot, store } from "./state.js";

const LANGUAGES = ["ja", "en"];
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
      narrow,
    );
}

function row(name, shelves) {
  const node = h(
    "section.example",
    { "data-name": name, "data-testid": `example-${name}`, id: name },
    h("h2", {}, h("a", { href: `#${name}` }, name)),
    h(
      "div.pair",
      {},
      LANGUAGES.map((language, index) =>
        h(
          "div.side",
          { lang: language },
          shelves[index].filter((one) => one.name === name).map((one) => drawn(one, language)),
        ),
      ),
    ),
  );
  node.dataset.words = `${name} ${node.textContent}`.toLowerCase();
  return node;
}

/** Dates, labels and marks of an example follow its own language, as its reader's Slack would. */
function drawn(example, language) {
  const before = store.server.me.locale;
  store.server.me.locale = language;
  speak(language);
  const node = example.view
    ? stillForm(example.view)
    : messageRow(
        { user: bot()?.id ?? "bot", ts: "1783900800.000100", ...example },
        { channel: `gallery-${language}-${example.name}`, still: true },
      );
  store.server.me.locale = before;
  speak(mine());
  return node;
}

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
