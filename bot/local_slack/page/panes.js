/** The middle (messages or the Home tab) and the right (a thread) of the page. */

import { contextFor } from "./actions.js";
import { renderBlocks } from "./blocks.js";
import { createComposer } from "./composer.js";
import { h, icon } from "./dom.js";
import { createMessageList } from "./message_list.js";
import { placeName } from "./sidebar.js";
import { channelMessages, openChannel, state, threadMessages } from "./state.js";
import { examples, t } from "./words.js";

/**
 * Build the middle.
 *
 * @param {Object} act `say(channel, text)`, `openThread(ts, focus)`, `openHome()`, `openChannel(id)`, `openSidebar()`.
 * @returns {{element: HTMLElement, update: function({toBottom?: boolean}=): void, composer: Object}}
 */
export function createMain(act) {
  const head = h("header", { class: "pane-head" });
  const banner = h("p", { class: "banner", hidden: true, dataset: { testid: "not-member" } });
  const home = h("div", { class: "home", hidden: true, dataset: { testid: "home-view" } });
  const composer = createComposer({
    id: "composer-input",
    testid: "composer",
    sendTestid: "send",
    slash: true,
    send: (text) => act.say(state.channel, text, null),
    example: asked,
  });
  const list = createMessageList({
    label: () => `${placeName()}: ${t("channel.messages")}`,
    inThread: false,
    openThread: act.openThread,
    empty: () => emptyState(composer),
  });
  const element = h("main", { class: "main" }, head, banner, list.element, home, composer.element);

  function update({ toBottom = false } = {}) {
    const channel = openChannel();
    const atHome = state.pane === "home";
    head.replaceChildren(...headOf(channel, atHome, act));
    list.element.hidden = atHome;
    composer.element.hidden = atHome;
    home.hidden = !atHome;
    const stranger = !atHome && channel && channel.kind !== "im" && channel.is_member === false;
    banner.hidden = !stranger;
    if (stranger) {
      banner.textContent = t("channel.not_member", { bot: state.bot.name, command: state.commands[0]?.command ?? "/" });
    }
    if (atHome) drawHome(home);
    if (!channel) return;
    const name = placeName();
    composer.aim(channel.id, channel.kind === "im" ? t("composer.im", { name }) : t("composer.channel", { channel: name }));
    list.update(channel.id, channelMessages(channel.id), { toBottom });
  }
  return { element, update, composer };
}

/** What a person would write in the open conversation to ask this. */
function asked(question) {
  const direct = openChannel()?.kind === "im" || question.startsWith("/");
  return direct ? question : `@${state.bot.name} ${question}`;
}

function headOf(channel, atHome, act) {
  const menu = h("button", {
    type: "button",
    class: "icon-button only-narrow",
    "aria-label": t("side.open"),
    "aria-controls": "sidebar",
    dataset: { testid: "side-open" },
    on: { click: act.openSidebar },
  }, icon("menu"));
  const direct = atHome || channel?.kind === "im";
  const sign = direct ? null : icon(channel?.kind === "private" ? "lock" : "hash");
  const title = h("div", { class: "pane-title" },
    h("h2", {}, sign, atHome ? state.bot.name : placeName()),
    !direct && channel?.topic && h("p", {}, channel.topic));
  if (!direct) return [menu, title];
  const tab = (name, word, selected, run) => h("button", {
    type: "button", role: "tab", "aria-selected": String(selected), dataset: { testid: `tab-${name}` }, on: { click: run },
  }, t(word));
  const messages = state.channels.find((candidate) => candidate.kind === "im");
  return [menu, title, h("div", { class: "tabs", role: "tablist" },
    tab("home", "home.title", atHome, act.openHome),
    messages && tab("messages", "home.messages", !atHome, () => act.openChannel(messages.id)))];
}

function emptyState(composer) {
  const channel = openChannel();
  const direct = channel?.kind === "im";
  const names = { bot: state.bot.name, channel: channel?.name };
  const command = state.commands[0]?.command;
  const questions = [...examples(), ...(command ? [`${command} 587`] : [])];
  return h("section", { class: "empty", dataset: { testid: "empty" } },
    h("h3", {}, t(direct ? "empty.im" : "empty.channel", names)),
    h("p", {}, t(direct ? "empty.hint_im" : "empty.hint_channel", names)),
    h("p", { class: "label" }, t("empty.try")),
    h("ul", {}, questions.map((question) => h("li", {}, h("button", {
      type: "button",
      class: "example",
      dataset: { testid: "example" },
      on: { click: () => composer.put(asked(question)) },
    }, question)))));
}

function drawHome(home) {
  if (!state.home) {
    home.replaceChildren(h("p", { class: "quiet" }, t("home.empty")));
    return;
  }
  const ctx = contextFor({ view_id: state.home.id }, { copy: true });
  const focused = home.contains(document.activeElement) ? document.activeElement.dataset.testid : null;
  home.replaceChildren(renderBlocks(state.home.blocks, ctx));
  if (focused) home.querySelector(`[data-testid="${CSS.escape(focused)}"]`)?.focus();
}

/**
 * Build the thread on the right; it is hidden while `state.thread` is null.
 *
 * @param {Object} act `say(channel, text, threadTs)` and `closeThread()`.
 */
export function createThread(act) {
  const head = h("header", { class: "pane-head" });
  const list = createMessageList({ label: () => t("thread.title"), inThread: true, openThread: () => {} });
  const composer = createComposer({
    testid: "thread-composer",
    sendTestid: "thread-send",
    slash: false,
    send: (text) => act.say(state.channel, text, state.thread),
  });
  const element = h("aside", { class: "thread", hidden: true, dataset: { testid: "thread" } },
    head, list.element, composer.element);
  element.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && !event.isComposing) act.closeThread();
  });

  function update({ toBottom = false } = {}) {
    element.hidden = state.thread === null || state.pane === "home";
    element.setAttribute("aria-label", t("thread.title"));
    if (element.hidden) {
      list.clear();
      return;
    }
    element.dataset.ts = state.thread;
    head.replaceChildren(
      h("div", { class: "pane-title" }, h("h2", {}, t("thread.title")), h("p", {}, placeName())),
      h("button", {
        type: "button",
        class: "icon-button",
        title: t("thread.close"),
        "aria-label": t("thread.close"),
        dataset: { testid: "thread-close" },
        on: { click: act.closeThread },
      }, icon("close")));
    const place = `${state.channel}/${state.thread}`;
    composer.aim(place, t("composer.thread"));
    list.update(state.channel, threadMessages(state.channel, state.thread), { toBottom, place });
  }
  return { element, update, composer };
}
