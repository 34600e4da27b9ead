// Writes instants in a person's zone and language.

import { language, store, zone } from "./state.js";

const cache = new Map();

function format(options) {
  const key = language() + zone() + JSON.stringify(options);
  if (!cache.has(key))
    cache.set(key, new Intl.DateTimeFormat(language() === "ja" ? "ja-JP" : "en-GB", { timeZone: zone(), ...options }));
  return cache.get(key);
}

export const fromTs = (ts) => new Date(Number(ts) * 1000);
export const time = (date) => format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(date);
export const dayLong = (date) =>
  format({ month: "long", day: "numeric", weekday: language() === "ja" ? "short" : "long" }).format(date);
export const full = (date) =>
  format({
    year: "numeric",
    month: "long",
    day: "numeric",
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(date);
export const clockFace = (date) =>
  format({
    month: "short",
    day: "numeric",
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(date);
export const dayKey = (date) => localParts(date).slice(0, 10);

/** "2026-07-14T08:30" in the person's zone: what date and time fields take. */
export function localParts(date, timeZone = zone()) {
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat("en-CA", {
      timeZone,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    })
      .formatToParts(date)
      .map((part) => [part.type, part.value]),
  );
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`;
}

/** The instant that a wall time names in the person's zone, in whole seconds. */
export function instantOf(local) {
  const guess = Date.parse(`${local}:00Z`);
  const shift = Date.parse(`${localParts(new Date(guess))}:00Z`) - guess;
  const once = guess - shift;
  const again = Date.parse(`${localParts(new Date(once))}:00Z`) - guess;
  return Math.floor((once - again) / 1000);
}

/** "Tokyo" of "Asia/Tokyo", in the reader's language where the browser knows the zone's name. */
export function zoneName(id = zone()) {
  const part = new Intl.DateTimeFormat(language(), { timeZone: id, timeZoneName: "shortGeneric" })
    .formatToParts(new Date())
    .find((one) => one.type === "timeZoneName");
  return part?.value ?? id;
}

function relativeDay(date) {
  const now = store.now ?? new Date();
  const days = Math.round((Date.parse(dayKey(date)) - Date.parse(dayKey(now))) / 86400000);
  return Math.abs(days) <= 1 ? new Intl.RelativeTimeFormat(language(), { numeric: "auto" }).format(days, "day") : null;
}

function ago(date) {
  const minutes = Math.round((date - (store.now ?? new Date())) / 60000);
  const [value, unit] =
    Math.abs(minutes) < 60
      ? [minutes, "minute"]
      : Math.abs(minutes) < 1440
        ? [Math.round(minutes / 60), "hour"]
        : [Math.round(minutes / 1440), "day"];
  return new Intl.RelativeTimeFormat(language(), { numeric: "auto" }).format(value, unit);
}

const TOKENS = {
  date_num: (d) => dayKey(d),
  date_slash: (d) => dayKey(d).replaceAll("-", "/"),
  date: (d) => format({ year: "numeric", month: "long", day: "numeric" }).format(d),
  date_long: (d) => format({ year: "numeric", month: "long", day: "numeric", weekday: "long" }).format(d),
  date_long_full: (d) => format({ year: "numeric", month: "long", day: "numeric", weekday: "long" }).format(d),
  date_short: (d) => format({ year: "numeric", month: "short", day: "numeric" }).format(d),
  date_pretty: (d) => relativeDay(d) ?? TOKENS.date(d),
  date_short_pretty: (d) => relativeDay(d) ?? TOKENS.date_short(d),
  date_long_pretty: (d) => relativeDay(d) ?? TOKENS.date_long(d),
  day_divider_pretty: (d) => relativeDay(d) ?? TOKENS.date_long(d),
  time: (d) => time(d),
  time_secs: (d) => format({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).format(d),
  ago: (d) => ago(d),
};

/** Slack's date tokens, such as "{date_short} {time}"; unknown ones stay as written. */
export const byTokens = (date, pattern) =>
  pattern.replace(/\{(\w+)\}/g, (token, name) => TOKENS[name]?.(date) ?? token);
