// The head of the threads pane.

import { t, tn } from "./api.js";
import { h, icon } from "./dom.js";
import { roomName } from "./sidebar.js";

export function drawThreadHead(host, room, replies, close) {
  const name = room.kind === "channel" || room.kind === "private" ? `#${room.name}` : roomName(room);
  const words = [t("thread.name"), name, replies ? tn("thread.replies", replies) : t("thread.none")];
  if (host.dataset.look === words.join()) return;
  host.dataset.look = words.join();
  host.replaceChildren(
    h("div.row", {}, h("h2", {}, words[0]), h("small", {}, `${words[1]} · ${words[2]}`)),
    h(
      "button.plain",
      {
        type: "button",
        "aria-label": t("thread.close"),
        title: t("thread.close"),
        "data-testid": "thread-close",
        onclick: close,
      },
      icon("close"),
    ),
  );
}
