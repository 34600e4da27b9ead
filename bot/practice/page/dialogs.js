// Small questions over the page: Slack's confirmation, and the page's own.

import { t } from "./api.js";
import { plainText, textObject } from "./mrkdwn.js";
import { h } from "./dom.js";

/** Asks an element's confirm object; true when confirmed. */
export const askConfirm = (confirm) =>
  ask({
    title: confirm.title ? plainText(confirm.title) : t("dialog.sure"),
    body: textObject(confirm.text),
    yes: confirm.confirm ? plainText(confirm.confirm) : t("dialog.yes"),
    no: confirm.deny ? plainText(confirm.deny) : t("dialog.no"),
    danger: confirm.style === "danger",
  });

export function ask({ title, body, yes, no, danger = false }) {
  return new Promise((resolve) => {
    const dialog = h("dialog.ask", { "aria-label": title, "data-testid": "confirm" });
    const done = (answer) => {
      dialog.close();
      dialog.remove();
      resolve(answer);
    };
    dialog.append(
      h("h2", {}, title),
      h("div.ask-body", {}, body),
      h(
        "footer",
        {},
        h("button.button", { type: "button", "data-testid": "confirm-deny", onclick: () => done(false) }, no),
        h(
          "button.button",
          {
            type: "button",
            class: danger ? "danger" : "primary",
            "data-testid": "confirm-yes",
            autofocus: true,
            onclick: () => done(true),
          },
          yes,
        ),
      ),
    );
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      done(false);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
