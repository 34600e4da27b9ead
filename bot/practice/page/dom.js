// Builds elements from data without ever reading data as markup.

const SVG = "http://www.w3.org/2000/svg";

/** h("button.primary", {type: "button", onclick: f, "aria-label": "…"}, child, …); null children are left out. */
export function h(tag, props = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const node = document.createElement(name);
  if (classes.length) node.className = classes.join(" ");
  for (const [key, value] of Object.entries(props)) {
    if (key.startsWith("aria-") && typeof value === "boolean") {
      node.setAttribute(key, String(value));
      continue;
    }
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "class") node.className = [node.className, value].filter(Boolean).join(" ");
    else if (key === "value" || key === "checked" || key === "selected" || key === "disabled" || key === "multiple")
      node[key] = value;
    else if (key === "style") node.style.cssText = value;
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  node.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const PATHS = {
  menu: "M3 5h14M3 10h14M3 15h14",
  close: "M5 5l10 10M15 5L5 15",
  back: "M12 4l-6 6 6 6",
  down: "M5 8l5 5 5-5",
  send: "M3 10l14-6-5 13-3-5z M9 12l8-8",
  clock: "M10 3a7 7 0 100 14 7 7 0 000-14z M10 6v4.2l2.8 1.8",
  lock: "M5.5 9h9v7h-9z M7 9V7a3 3 0 016 0v2",
  hash: "M8 3L6.5 17M13.5 3L12 17M3.5 7.5h13M3 12.5h13",
  people:
    "M7.5 9a2.5 2.5 0 100-5 2.5 2.5 0 000 5z M2.5 16c.4-3 2.4-4.5 5-4.5s4.6 1.5 5 4.5 M13 4.5a2.5 2.5 0 010 4.5 M14.5 11.8c1.7.6 2.7 2 3 4.2",
  shared: "M4 7h8M4 7l3-3M4 7l3 3M16 13H8M16 13l-3-3M16 13l-3 3",
  more: "M10 4.5v.01M10 10v.01M10 15.5v.01",
  moreAcross: "M4.5 10v.01M10 10v.01M15.5 10v.01",
  reply: "M4 5h12v8H9l-3.5 3v-3H4z",
  link: "M8.5 11.5l3-3M7 9l-2 2a2.8 2.8 0 004 4l2-2M13 11l2-2a2.8 2.8 0 00-4-4L9 7",
  bolt: "M11 3L5 11h4l-1 6 6-8h-4z",
  slash: "M12.5 4l-5 12",
  at: "M13 10a3 3 0 11-6 0 3 3 0 016 0zm0 0v1.2a2 2 0 004 0V10a7 7 0 10-3 5.7",
  eye: "M2.5 10S5 5 10 5s7.5 5 7.5 5-2.5 5-7.5 5-7.5-5-7.5-5z M10 8a2 2 0 100 4 2 2 0 000-4z",
  reset: "M4.5 8a6 6 0 11-.3 4 M4 4v4h4",
  gallery: "M3 4h6v5H3z M11 4h6v5h-6z M3 11h6v5H3z M11 11h6v5h-6z",
  check: "M4 10.5l4 4 8-9",
  home: "M3.5 9.5L10 4l6.5 5.5V16h-4.5v-4H8v4H3.5z",
  bridge: "M2 13h16M5 13V6M15 13V6M2 9c2 0 3-1 3-3 1 4 9 4 10 0 0 2 1 3 3 3",
  warn: "M10 3.5L17.5 16h-15z M10 8v4M10 14v.01",
};

/** A line icon, hidden from readers of the screen: the control that holds it carries the label. */
export function icon(name, size = 20) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  for (const [key, value] of Object.entries({
    viewBox: "0 0 20 20",
    width: size,
    height: size,
    class: `icon icon-${name}`,
    "aria-hidden": "true",
  }))
    svg.setAttribute(key, value);
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

const HUES = [
  "#2f6f73",
  "#8a4b6e",
  "#4a5fa5",
  "#9a6324",
  "#55703a",
  "#7a4fa0",
  "#a04a44",
  "#2d6a95",
  "#6b6248",
  "#3d7a5b",
];

/** Two letters for latin names, the first character for others. */
function initials(name) {
  const words = name
    .trim()
    .split(/[\s・]+/)
    .filter(Boolean);
  if (!words.length) return "?";
  const latin = /^[\p{Script=Latin}]/u.test(words[0]);
  return latin
    ? words
        .slice(0, 2)
        .map((word) => [...word][0])
        .join("")
        .toUpperCase()
    : [...words[0]][0];
}

export function avatar(person, size = "") {
  const bot = person?.kind === "bot";
  const name = person ? personName(person) : "?";
  let sum = 0;
  for (const character of person?.id ?? "?") sum = (sum * 31 + character.codePointAt(0)) % 9973;
  const node = h(
    "span.avatar",
    { class: `${size} ${bot ? "bot" : ""}`, "aria-hidden": "true" },
    bot ? icon("bridge", 24) : initials(name),
  );
  if (!bot) node.style.background = HUES[sum % HUES.length];
  return node;
}

export const personName = (person) => person.real_name || person.name || person.id;

/** Makes `menu` a popover beside `anchor`: closes on Escape, on a click elsewhere and on focus leaving; arrows move in it. */
export function openPopover(anchor, menu, { place = "below", onClose = () => {}, focus = true } = {}) {
  closePopover();
  menu.classList.add("popover");
  const host = anchor.closest("dialog") ?? document.body;
  host.append(menu);
  anchor.setAttribute("aria-expanded", "true");
  const put = () => position(anchor, menu, place);
  put();
  const away = (event) => {
    if (!menu.contains(event.target) && !anchor.contains(event.target)) closePopover();
  };
  const keys = (event) => menuKeys(event, menu);
  document.addEventListener("pointerdown", away, true);
  menu.addEventListener("keydown", keys);
  window.addEventListener("resize", closePopover);
  opened = {
    menu,
    anchor,
    done: () => {
      document.removeEventListener("pointerdown", away, true);
      window.removeEventListener("resize", closePopover);
      anchor.setAttribute("aria-expanded", "false");
      const inside = menu.contains(document.activeElement);
      menu.remove();
      onClose();
      if (inside && anchor.isConnected) anchor.focus();
    },
  };
  if (focus)
    (menu.querySelector("[autofocus], [aria-checked=true], input, button, [tabindex]") ?? menu).focus({
      preventScroll: true,
    });
  return put;
}

let opened = null;

export function closePopover() {
  const last = opened;
  opened = null;
  last?.done();
}

function position(anchor, menu, place) {
  const at = anchor.getBoundingClientRect();
  const size = menu.getBoundingClientRect();
  const edge = 8;
  const below = at.bottom + 4;
  const above = at.top - size.height - 4;
  const fitsBelow = below + size.height <= innerHeight - edge;
  const top = place === "above" ? (above >= edge ? above : below) : fitsBelow || above < edge ? below : above;
  const wanted =
    at.right - size.width >= edge && at.left + size.width > innerWidth - edge ? at.right - size.width : at.left;
  menu.style.left = `${Math.max(edge, Math.min(wanted, innerWidth - size.width - edge))}px`;
  menu.style.top = `${Math.max(edge, Math.min(top, innerHeight - size.height - edge))}px`;
}

function menuKeys(event, menu) {
  if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    closePopover();
    return;
  }
  if (event.key === "Tab") {
    closePopover();
    return;
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const items = [...menu.querySelectorAll("button:not([disabled]), input")];
  const at = items.indexOf(document.activeElement);
  items[(at + step + items.length) % items.length]?.focus();
}

/** Menu rows: [{icon, label, note, testid, danger, checked, run}]; null draws a line. */
export function menuOf(rows, label) {
  return h(
    "div.menu",
    { role: "menu", "aria-label": label },
    rows.map((row) =>
      row === null
        ? h("hr")
        : h(
            "button",
            {
              type: "button",
              role: row.checked === undefined ? "menuitem" : "menuitemradio",
              "aria-checked": row.checked === undefined ? null : row.checked,
              class: row.danger ? "danger" : "",
              "data-testid": row.testid,
              onclick: () => {
                closePopover();
                row.run();
              },
            },
            row.avatar ?? (row.icon ? icon(row.icon) : null),
            h("span.row", {}, h("span", {}, row.label), row.note ? h("small", {}, row.note) : null),
            row.checked ? icon("check", 18) : null,
          ),
    ),
  );
}
