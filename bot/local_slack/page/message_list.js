/**
 * A scrolling list of messages that is brought up to date instead of drawn anew.
 *
 * What did not change keeps its element, and with it focus, selection and half-made entries.
 */

import { h, icon } from "./dom.js";
import { dayDistance } from "./entities.js";
import { renderMessage, signatureOf } from "./messages.js";
import { language, t } from "./words.js";

const GROUP_S = 300;
const NEAR_BOTTOM_PX = 90;

/**
 * Build a list.
 *
 * @param {{label: function(): string, inThread: boolean, openThread: function, empty?: function(): Node}} options
 * @returns {{element: HTMLElement, update: function(string, Array, {toBottom?: boolean, place?: string}=): void,
 *   clear: function(): void}} *place* names what is shown where it is not the channel itself: a new one starts at its end.
 */
export function createMessageList(options) {
  const scroller = h("div", { class: "scroller", tabindex: "0", role: "region" });
  const jump = h("button", { type: "button", class: "button jump", hidden: true });
  const element = h("div", { class: "list-holder" }, scroller, jump);
  const bottom = () => {
    scroller.scrollTop = scroller.scrollHeight;
    jump.hidden = true;
  };
  // An answer taller than the list is read from its beginning, not from its end.
  const showNewest = () => {
    bottom();
    const newest = scroller.lastElementChild;
    if (newest && newest.getBoundingClientRect().height > scroller.clientHeight) {
      scroller.scrollTop += newest.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
    }
  };
  const isNearBottom = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_BOTTOM_PX;
  jump.addEventListener("click", bottom);
  scroller.addEventListener("scroll", () => {
    if (isNearBottom()) jump.hidden = true;
  });
  let shown = null;
  let last = "";

  function update(channel, messages, { toBottom = false, place = channel } = {}) {
    const stick = toBottom || shown !== place || isNearBottom();
    shown = place;
    scroller.setAttribute("aria-label", options.label());
    jump.replaceChildren(icon("down"), t("channel.new"));
    const view = {
      inThread: options.inThread,
      openThread: options.openThread,
      redraw: () => update(channel, latest, { place }),
    };
    latest = messages;
    reconcile(scroller, entries(channel, messages, view, options));
    const newest = messages.at(-1)?.ts ?? "";
    const grown = Number(newest) > Number(last);
    if (stick && (grown || toBottom)) showNewest();
    else if (stick) bottom();
    else if (grown) jump.hidden = false;
    last = newest;
  }
  let latest = [];
  /** Forget what was shown, so that nothing of a closed thread stays in the document. */
  function clear() {
    shown = null;
    scroller.replaceChildren();
  }
  return { element, update, clear };
}

/** What the list shows, in order: `{key, signature, draw}`. */
function entries(channel, messages, view, options) {
  if (messages.length === 0 && options.empty) {
    return [{ key: "empty", signature: `${channel}|${language()}`, draw: options.empty }];
  }
  const result = [];
  let before = null;
  for (const message of messages) {
    const day = new Date(Number(message.ts) * 1000);
    if (!options.inThread && (!before || day.toDateString() !== new Date(Number(before.ts) * 1000).toDateString())) {
      result.push({ key: `day-${day.toDateString()}`, signature: `${language()}|${dayDistance(day)}`, draw: () => dayLine(day) });
      before = null;
    }
    const compact = isContinued(before, message);
    result.push({
      key: `m-${message.ts}`,
      signature: `${channel}|${signatureOf(message, { ...view, compact })}`,
      draw: () => renderMessage(channel, message, { ...view, compact }),
    });
    before = message;
  }
  return result;
}

function isContinued(before, message) {
  return Boolean(before) && before.user === message.user && !before.notice && !message.notice &&
    !before.ephemeral && !message.ephemeral && !(before.reply_count > 0) &&
    Number(message.ts) - Number(before.ts) < GROUP_S;
}

function dayLine(day) {
  const distance = dayDistance(day);
  const name = distance === 0 ? t("channel.today")
    : distance === -1 ? t("channel.yesterday")
      : new Intl.DateTimeFormat(language(), { month: "long", day: "numeric", weekday: "short" }).format(day);
  return h("div", { class: "day" }, h("span", {}, name));
}

function reconcile(parent, wanted) {
  const present = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  const focused = document.activeElement?.dataset?.testid;
  let lost = null;
  let cursor = parent.firstElementChild;
  for (const entry of wanted) {
    let node = present.get(entry.key);
    present.delete(entry.key);
    if (!node || node.dataset.signature !== fingerprint(entry.signature)) {
      const fresh = entry.draw();
      fresh.dataset.key = entry.key;
      fresh.dataset.signature = fingerprint(entry.signature);
      if (node) {
        if (node.contains(document.activeElement)) lost = fresh;
        if (cursor === node) cursor = fresh;
        node.replaceWith(fresh);
      }
      node = fresh;
    }
    if (node === cursor) cursor = cursor.nextElementSibling;
    else parent.insertBefore(node, cursor);
  }
  for (const node of present.values()) node.remove();
  // Whoever pressed a button with the keyboard goes on where they were.
  if (lost && focused) lost.querySelector(`[data-testid="${CSS.escape(focused)}"]`)?.focus();
}

/** A short stand-in for a long signature: the attribute should not double every message in memory. */
function fingerprint(text) {
  let hash = 5381;
  for (let at = 0; at < text.length; at += 1) hash = ((hash * 33) ^ text.charCodeAt(at)) >>> 0;
  return `${text.length}-${hash.toString(36)}`;
}
