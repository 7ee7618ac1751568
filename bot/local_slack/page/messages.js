/** One message: who, when, what, and what can be done with it. */

import { contextFor } from "./actions.js";
import { api, pickText } from "./api.js";
import { renderBlocks } from "./blocks.js";
import { h, icon } from "./dom.js";
import { ask, openMenu } from "./menu.js";
import { renderMrkdwn, unescapeText } from "./mrkdwn.js";
import { attempt } from "./notify.js";
import { isBroadcast, state } from "./state.js";
import { language, t } from "./words.js";

/** The ts of the message that is being rewritten, or null. */
let editing = null;

/** Two letters or one character that stand for a person, on their colour. */
export function avatar(person, small = false) {
  const name = person?.real_name || person?.name || "?";
  const bot = person?.id === state.bot.id;
  const disc = h("span", { class: `avatar${small ? " small" : ""}${bot ? " bot" : ""}`, "aria-hidden": "true" },
    [...name][0].toUpperCase());
  const colour = String(person?.color ?? "").replace(/^#?/, "#");
  if (!bot && /^#[0-9a-f]{6}$/i.test(colour)) disc.style.backgroundColor = colour;
  return disc;
}

/** How the author of a message is called. */
export function authorOf(message) {
  const person = state.people.get(message.user) ?? (message.bot ? state.bot : undefined);
  return { person, name: person?.name ?? message.user, shown: person?.real_name || person?.name || message.user };
}

/**
 * What must change before a message is drawn again: only what is seen of it.
 *
 * A new reply, for instance, changes its first message in the channel, but not in the thread, where somebody may
 * just have a menu of it open.
 */
export function signatureOf(message, view) {
  const { user, bot, text, blocks, edited, ephemeral, notice } = message;
  const replies = view.inThread ? 0 : message.reply_count;
  const seen = [user, bot, text, blocks, edited, ephemeral, notice, replies, isBroadcast(message)];
  return JSON.stringify([seen, view.compact, language(), state.user, editing === message.ts]);
}

/**
 * Draw one message.
 *
 * @param {string} channel Id of its channel.
 * @param {Object} message As the server describes it; `notice` is a `{ja, en}` text of the page itself.
 * @param {Object} view `compact` leaves the author out; `inThread` hides the way into the thread;
 *   `openThread(ts)` opens it; `redraw()` draws the list again.
 */
export function renderMessage(channel, message, view) {
  if (message.notice) return renderNotice(message);
  const { person, name, shown } = authorOf(message);
  const time = timeOf(message.ts);
  const body = h("div", { class: "message-body" });
  if (!view.compact) {
    body.append(h("div", { class: "message-head" },
      h("span", { class: "author" }, shown),
      message.bot && h("span", { class: "badge" }, t("message.app")),
      time));
  }
  if (message.ephemeral) body.append(ephemeralNote(channel, message));
  if (isBroadcast(message) && message.thread_ts && !view.inThread) {
    body.append(h("p", { class: "message-note" }, t("message.broadcast")));
  }
  body.append(editing === message.ts ? editor(channel, message, view) : content(channel, message));
  if (message.reply_count > 0 && !view.inThread) {
    body.append(h("button", {
      type: "button",
      class: "replies",
      dataset: { testid: "replies" },
      on: { click: () => view.openThread(message.ts) },
    }, icon("reply"), t("message.replies", { count: message.reply_count })));
  }
  return h("article", {
    class: `message${view.compact ? " compact" : ""}${message.ephemeral ? " ephemeral" : ""}`,
    "aria-label": `${shown} ${time.textContent}`,
    dataset: {
      testid: "message",
      ts: message.ts,
      author: name,
      authorId: message.user,
      ephemeral: String(Boolean(message.ephemeral)),
    },
  }, h("div", { class: "message-side" }, view.compact ? time : avatar(person)), body, toolbar(channel, message, view));
}

/** Nobody else sees it, so its reader may put it away; the bot is not told. */
function ephemeralNote(channel, message) {
  const dismiss = h("button", {
    type: "button",
    class: "text-button",
    dataset: { testid: "dismiss" },
    on: { click: () => attempt(() => api.remove({ user: state.user, channel, ts: message.ts })) },
  }, t("message.dismiss"));
  return h("p", { class: "message-note" }, t("message.ephemeral"), " · ", dismiss);
}

function content(channel, message) {
  const inside = h("div", { class: "message-content" });
  if (message.blocks?.length) {
    const ctx = contextFor({ channel, ts: message.ts }, { copy: Boolean(message.bot) });
    inside.append(renderBlocks(message.blocks, ctx));
  } else {
    inside.append(h("div", { class: "text" }, renderMrkdwn(message.text, { copy: Boolean(message.bot) })));
  }
  if (message.edited) inside.append(h("span", { class: "edited" }, ` ${t("message.edited")}`));
  return inside;
}

function renderNotice(message) {
  return h("article", { class: "message notice", dataset: { testid: "notice", ts: message.ts } },
    h("div", { class: "message-side" }, icon("bulb")),
    h("div", { class: "message-body" },
      h("p", { class: "message-note" }, `${t("message.notice")} · ${t("message.ephemeral")}`),
      h("div", { class: "text" }, pickText(message.notice))));
}

function timeOf(ts) {
  const moment = new Date(Number(ts) * 1000);
  const format = (options) => new Intl.DateTimeFormat(language(), options).format(moment);
  return h("time", {
    datetime: moment.toISOString(),
    title: format({ dateStyle: "full", timeStyle: "medium" }),
  }, format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }));
}

function toolbar(channel, message, view) {
  if (message.ephemeral) return null;
  const own = message.user === state.user && !message.bot;
  const items = [
    ...state.shortcuts.map((shortcut) => ({
      label: pickText(shortcut.name),
      testid: `shortcut-${shortcut.callback_id}`,
      run: () => attempt(() => api.shortcut({
        user: state.user, channel, ts: message.ts, callback_id: shortcut.callback_id,
      })),
    })),
    own && { label: t("message.edit"), testid: "edit", run: () => startEditing(message.ts, view) },
    own && { label: t("message.delete"), testid: "delete", danger: true, run: () => removeMessage(channel, message) },
  ].filter(Boolean);
  const bar = h("div", { class: "toolbar", role: "group", "aria-label": t("message.actions") });
  if (!view.inThread) {
    bar.append(h("button", {
      type: "button",
      class: "icon-button",
      title: t("message.reply"),
      "aria-label": t("message.reply"),
      dataset: { testid: "reply" },
      on: { click: () => view.openThread(message.thread_ts ?? message.ts, true) },
    }, icon("reply")));
  }
  if (items.length) {
    const more = h("button", {
      type: "button",
      class: "icon-button",
      title: t("message.more"),
      "aria-label": t("message.more"),
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      dataset: { testid: "more" },
    }, icon("more"));
    more.addEventListener("click", () => openMenu(more, items));
    bar.append(more);
  }
  return bar.childElementCount ? bar : null;
}

async function removeMessage(channel, message) {
  const sure = await ask({
    title: t("message.delete_title"),
    text: t("message.delete_text"),
    confirm: t("message.delete"),
    danger: true,
  });
  if (sure) await attempt(() => api.remove({ user: state.user, channel, ts: message.ts }));
}

/** The text as its author typed it: mentions by name, links by address, escapes undone. */
export function typedText(text) {
  const plain = String(text ?? "")
    .replace(/<@(\w+)(?:\|[^>]*)?>/g, (_, id) => `@${state.people.get(id)?.name ?? id}`)
    .replace(/<mailto:([^|>]+)(?:\|[^>]*)?>/g, "$1")
    .replace(/<(https?:[^|>]+)(?:\|([^>]*))?>/g, (_, address, label) => label || address);
  return unescapeText(plain);
}

function startEditing(ts, view) {
  editing = ts;
  view.redraw();
  const field = document.querySelector('[data-testid="edit-text"]');
  field?.focus();
  field?.setSelectionRange(field.value.length, field.value.length);
}

function editor(channel, message, view) {
  const field = h("textarea", {
    class: "text-input",
    rows: Math.min(8, message.text.split("\n").length + 1),
    "aria-label": t("message.edit_label"),
    dataset: { testid: "edit-text" },
    prop: { value: typedText(message.text) },
  });
  const stop = () => {
    editing = null;
    view.redraw();
  };
  const save = async () => {
    const text = field.value.trim();
    if (text === "") return;
    const unchanged = text === typedText(message.text).trim();
    if (unchanged || (await attempt(() => api.edit({ user: state.user, channel, ts: message.ts, text })))) stop();
  };
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      save();
    } else if (event.key === "Escape") {
      stop();
    }
  });
  return h("div", { class: "editor" }, field,
    h("div", { class: "dialog-foot" },
      h("button", { type: "button", class: "button", dataset: { testid: "edit-cancel" }, on: { click: stop } }, t("dialog.cancel")),
      h("button", { type: "button", class: "button primary", dataset: { testid: "edit-save" }, on: { click: save } }, t("message.save"))));
}
