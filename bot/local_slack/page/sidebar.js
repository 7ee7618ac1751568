/** The left column: conversations, who is writing, language and colours of the page. */

import { h, icon } from "./dom.js";
import { avatar } from "./messages.js";
import { channelTitle, openChannel, state } from "./state.js";
import { isDark } from "./theme.js";
import { language, t } from "./words.js";

/**
 * Build the column.
 *
 * @param {{openChannel: function(string), openHome: function(), writeAs: function(string), speak: function(string),
 *   toggleTheme: function(), close: function()}} act What its controls do.
 * @returns {{element: HTMLElement, update: function(): void}}
 */
export function createSidebar(act) {
  const element = h("nav", { class: "sidebar", id: "sidebar" });
  const update = () => {
    const focused = element.contains(document.activeElement) ? document.activeElement.dataset.testid : null;
    element.setAttribute("aria-label", t("side.label"));
    element.replaceChildren(brand(act), conversations(act), settings(act));
    if (focused) element.querySelector(`[data-testid="${CSS.escape(focused)}"]`)?.focus();
  };
  return { element, update };
}

function brand(act) {
  const online = state.botOnline;
  const words = online === null ? null : t(online ? "bot.online" : "bot.offline", { bot: state.bot.name });
  return h("div", { class: "side-head" },
    h("div", { class: "side-brand" },
      h("h1", {}, state.bot.name),
      words && h("span", { class: `status ${online ? "on" : "off"}`, title: words, dataset: { testid: "bot-status", online: String(online) } },
        h("span", { class: "visually-hidden" }, words)),
      h("p", {}, t("side.local"))),
    h("button", { type: "button", class: "icon-button only-narrow", "aria-label": t("side.close"), dataset: { testid: "side-close" }, on: { click: act.close } },
      icon("close")));
}

function conversations(act) {
  const direct = state.channels.filter((channel) => channel.kind === "im");
  const rooms = state.channels.filter((channel) => channel.kind !== "im");
  const home = h("li", {}, h("button", {
    type: "button",
    class: "side-item",
    "aria-current": state.pane === "home" ? "page" : null,
    dataset: { testid: "home" },
    on: { click: act.openHome },
  }, icon("home"), h("span", { class: "name" }, t("side.home", { bot: state.bot.name }))));
  return h("div", { class: "side-lists" },
    h("h2", { id: "side-channels" }, t("side.channels")),
    h("ul", { "aria-labelledby": "side-channels" }, rooms.map((channel) => entry(channel, act))),
    h("h2", { id: "side-dms" }, t("side.dms")),
    h("ul", { "aria-labelledby": "side-dms" }, direct.map((channel) => entry(channel, act)), home));
}

function entry(channel, act) {
  const unread = state.unread.get(channel.id) ?? 0;
  const open = state.pane === "channel" && state.channel === channel.id;
  const name = channelTitle(channel);
  const sign = channel.kind === "im" ? avatar(state.bot, true) : icon(channel.kind === "private" ? "lock" : "hash");
  return h("li", {}, h("button", {
    type: "button",
    class: `side-item${unread ? " unread" : ""}`,
    "aria-current": open ? "page" : null,
    dataset: { testid: `channel-${name}`, channel: channel.id },
    on: { click: () => act.openChannel(channel.id) },
  }, sign, h("span", { class: "name" }, name),
  channel.kind === "private" && h("span", { class: "visually-hidden" }, t("side.private")),
  unread > 0 && h("span", { class: "count" }, h("span", { "aria-hidden": "true" }, unread),
    h("span", { class: "visually-hidden" }, t("side.unread", { count: unread })))));
}

function settings(act) {
  const who = h("select", { class: "select", id: "user-switch", dataset: { testid: "user-switch" } },
    state.users.map((person) => h("option", { value: person.id, selected: person.id === state.user }, describe(person))));
  who.addEventListener("change", () => act.writeAs(who.value));
  const speech = (code, name) => h("button", {
    type: "button",
    lang: code,
    "aria-pressed": String(language() === code),
    dataset: { testid: `lang-${code}` },
    on: { click: () => act.speak(code) },
  }, name);
  const dark = isDark();
  const theme = t(dark ? "side.theme_light" : "side.theme_dark");
  return h("div", { class: "side-foot" },
    h("label", { for: "user-switch" }, t("side.write_as")),
    h("div", { class: "who" }, avatar(state.people.get(state.user), true), who),
    h("div", { class: "side-row" },
      h("div", { class: "segmented", role: "group", "aria-label": t("side.language") }, speech("ja", "日本語"), speech("en", "English")),
      h("button", { type: "button", class: "icon-button", title: theme, "aria-label": theme, dataset: { testid: "theme" }, on: { click: act.toggleTheme } },
        icon(dark ? "sun" : "moon"))));
}

function describe(person) {
  const spoken = String(person.locale ?? "").startsWith("ja") ? "日本語" : "English";
  const roles = [person.is_admin && t("side.admin"), person.is_guest && t("side.guest")].filter(Boolean);
  const brackets = language() === "ja" ? ["（", "、", "）"] : [" (", ", ", ")"];
  return `${person.real_name || person.name}${brackets[0]}${[spoken, ...roles].join(brackets[1])}${brackets[2]}`;
}

/** The name of the open conversation for headings and labels. */
export function placeName() {
  const channel = openChannel();
  return channel ? channelTitle(channel) : "";
}
