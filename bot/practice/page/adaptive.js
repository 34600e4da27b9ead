// Adaptive Cards as Teams shows them in its light theme, drawn and checked by Microsoft's own renderer (vendor/).

import { h, icon } from "./dom.js";

/* global AdaptiveCards */

const shades = (colour, subtle = colour) => ({ default: colour, subtle });
const colours = {
  default: shades("#242424", "#616161"),
  accent: shades("#4f52b2"),
  attention: shades("#c4314b"),
  good: shades("#237b4b"),
  warning: shades("#835c00"),
};
const container = (background) => ({ backgroundColor: background, foregroundColors: colours });

/** Sizes, distances and colours of Teams; it publishes no host config, these follow its light theme by eye. */
const TEAMS = {
  fontFamily: "'Segoe UI', system-ui, 'Hiragino Sans', 'Yu Gothic UI', 'Noto Sans JP', 'Noto Sans CJK JP', sans-serif",
  fontSizes: { small: 12, default: 14, medium: 14, large: 18, extraLarge: 24 },
  fontWeights: { lighter: 300, default: 400, bolder: 600 },
  spacing: { small: 4, default: 8, medium: 12, large: 16, extraLarge: 24, padding: 12 },
  separator: { lineThickness: 1, lineColor: "#e0e0e0" },
  supportsInteractivity: true,
  containerStyles: { default: container("#ffffff"), emphasis: container("#f0f0f0") },
  inputs: {
    label: {
      requiredInputs: { weight: "bolder", color: "default", suffix: " *", suffixColor: "attention" },
      optionalInputs: { weight: "bolder", color: "default" },
      inputSpacing: "small",
    },
    errorMessage: { color: "attention", size: "small", spacing: "small" },
  },
  actions: {
    maxActions: 5,
    spacing: "medium",
    buttonSpacing: 8,
    showCard: { actionMode: "inline", inlineTopMargin: 8, style: "emphasis" },
    actionsOrientation: "horizontal",
    actionAlignment: "left",
  },
};

/** A card, and what the renderer has against it: [] is well. */
export function drawCard(json) {
  const context = new AdaptiveCards.SerializationContext();
  const card = new AdaptiveCards.AdaptiveCard();
  card.hostConfig = new AdaptiveCards.HostConfig(TEAMS);
  card.parse(json, context);
  const found = [
    ...Array.from({ length: context.eventCount }, (_, at) => context.getEventAt(at)),
    ...card.validateProperties().validationEvents,
  ];
  // AdaptiveCard.onProcessMarkdown stays unset: whatever would be markdown is then seen as it was typed. In Teams a
  // TextBlock is read as markdown, so words of a person must never come into one (bot/teams/elements.py).
  const node = card.render();
  return { node: node ?? h("div", {}), problems: found.map((one) => one.message) };
}

/** A message as a card in a chat: who says it, the card, and the line that a notification shows. */
export function teamsMessage({ card, summary }, name) {
  return h(
    "div.teams.teams-message",
    {},
    h("span.teams-app", { "aria-hidden": "true" }, icon("bridge", 20)),
    h("div.teams-said", {}, h("b", {}, name), h("small", {}, summary), framed(card)),
  );
}

/** A form as a dialog. */
export function teamsDialog({ card, title }) {
  return h(
    "div.teams.teams-dialog",
    {},
    h(
      "header",
      {},
      h("span.teams-app", { "aria-hidden": "true" }, icon("bridge", 20)),
      h("h4", {}, title),
      icon("close"),
    ),
    framed(card),
  );
}

function framed(json) {
  const { node, problems } = drawCard(json);
  const frame = h("div.teams-card", {}, node);
  if (problems.length) frame.append(h("div.unknown", {}, problems.join(" · ")));
  return frame;
}
