/** What stands in a message for a person, a channel, a group or a moment; shared by mrkdwn and rich text. */

import { h } from "./dom.js";
import { state } from "./state.js";
import { language } from "./words.js";

/** `@name` of a user or of the bot; an unknown id is shown as it came. */
export function userChip(id) {
  const known = state.people.get(id);
  const self = id === state.user;
  return h("span", { class: self ? "mention mention-self" : "mention" }, `@${known?.name ?? id}`);
}

/** `#name` of a channel. */
export function channelChip(id, label) {
  const known = state.channels.find((channel) => channel.id === id);
  return h("span", { class: "mention" }, `#${known?.name ?? (label || id)}`);
}

/** `@here`, `@channel`, `@everyone`, or the name of a user group. */
export function groupChip(name) {
  return h("span", { class: "mention mention-loud" }, `@${name}`);
}

const FORMATS = {
  date_num: { year: "numeric", month: "2-digit", day: "2-digit" },
  date: { year: "numeric", month: "long", day: "numeric" },
  date_short: { year: "numeric", month: "short", day: "numeric" },
  date_long: { year: "numeric", month: "long", day: "numeric", weekday: "long" },
  time: { hour: "numeric", minute: "2-digit" },
  time_secs: { hour: "numeric", minute: "2-digit", second: "2-digit" },
};

/**
 * A moment in the reader's own language and time zone.
 *
 * @param {number} epoch_s Seconds since 1970.
 * @param {string} format Slack's tokens, as in `{date_short_pretty} {time}`.
 * @param {string} fallback Shown when the time or a token is not understood.
 */
export function dateText(epoch_s, format, fallback) {
  const moment = new Date(epoch_s * 1000);
  if (!Number.isFinite(moment.getTime())) return fallback ?? "";
  let understood = true;
  const text = String(format).replace(/\{(\w+)\}/g, (whole, token) => {
    if (token === "ago") return relative(epoch_s);
    if (token.endsWith("_pretty")) {
      const days = dayDistance(moment);
      if (Math.abs(days) <= 1) return new Intl.RelativeTimeFormat(language(), { numeric: "auto" }).format(days, "day");
    }
    const options = FORMATS[token.replace(/_pretty$/, "")];
    if (!options) understood = false;
    return options ? new Intl.DateTimeFormat(language(), options).format(moment) : whole;
  });
  return understood ? text : (fallback ?? text);
}

/** Whole days from today to *moment* by the reader's calendar: -1 is yesterday. */
export function dayDistance(moment) {
  const midnight = (day) => Date.UTC(day.getFullYear(), day.getMonth(), day.getDate());
  return Math.round((midnight(moment) - midnight(new Date())) / 86_400_000);
}

function relative(epoch_s) {
  const format = new Intl.RelativeTimeFormat(language(), { numeric: "auto" });
  const minutes = Math.round((epoch_s * 1000 - Date.now()) / 60_000);
  if (Math.abs(minutes) < 60) return format.format(minutes, "minute");
  if (Math.abs(minutes) < 1440) return format.format(Math.round(minutes / 60), "hour");
  return format.format(Math.round(minutes / 1440), "day");
}
