// What Slack checks in a form before it sends it: required fields and the shape of what was typed.

import { t } from "./api.js";

const isEmpty = (value) =>
  value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);

/** The sentence to show under a field, or null: read() is the element's state.values object. */
export function problem(element, read, optional) {
  const value = Object.entries(read).find(([key]) => key !== "type")?.[1];
  if (isEmpty(value) || (typeof value === "string" && !value.trim())) return optional ? null : t("slack.required");
  switch (element.type) {
    case "plain_text_input":
      return length(value, element);
    case "email_text_input":
      return /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(value) ? null : t("slack.email");
    case "url_text_input":
      return isUrl(value) ? null : t("slack.url");
    case "number_input":
      return number(value, element);
    default:
      return null;
  }
}

function length(value, element) {
  const size = [...value].length;
  if (element.min_length && size < element.min_length) return t("slack.too_short", { n: element.min_length });
  if (element.max_length && size > element.max_length) return t("slack.too_long", { n: element.max_length });
  return null;
}

function isUrl(value) {
  try {
    return /^https?:$/.test(new URL(value).protocol);
  } catch {
    return false;
  }
}

function number(value, element) {
  if (!/^-?\d+(\.\d+)?$/.test(value)) return t("slack.number");
  if (!element.is_decimal_allowed && value.includes(".")) return t("slack.number");
  if (element.min_value !== undefined && Number(value) < Number(element.min_value))
    return t("slack.too_small", { n: element.min_value });
  if (element.max_value !== undefined && Number(value) > Number(element.max_value))
    return t("slack.too_big", { n: element.max_value });
  return null;
}
