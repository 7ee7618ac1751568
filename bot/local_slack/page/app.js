/** Start of the page: builds its three columns, listens to the server, and moves between conversations. */

import { api, listen } from "./api.js";
import { h } from "./dom.js";
import { openView, redrawViews, removeAllViews, syncViews, updateView, viewClosed } from "./modal.js";
import { authorOf, typedText } from "./messages.js";
import { announce, attempt, toast } from "./notify.js";
import { createMain, createThread } from "./panes.js";
import { createSidebar } from "./sidebar.js";
import {
  channelMessages, dropMessage, loadWorkspace, openChannel, putMessage, recall, refresh, remember, state,
} from "./state.js";
import { startTheme, toggleTheme } from "./theme.js";
import { language, setLanguage, t } from "./words.js";

const WIDE = matchMedia("(min-width: 1000px)");
const NARROW = matchMedia("(max-width: 760px)");
const RECOUNT_MS = 60;

const app = document.getElementById("app");
const act = { say, openThread, closeThread, openHome, openChannel: showChannel, openSidebar, close: closeSidebar, writeAs, speak, toggleTheme: switchTheme };
const sidebar = createSidebar(act);
const main = createMain(act);
const thread = createThread(act);
const lost = h("p", { class: "link-lost", role: "status", hidden: true });
let hangUp = () => {};
let recount = 0;

/** Draw everything; the lists keep what did not change. */
function update(how) {
  sidebar.update();
  main.update(how);
  thread.update(how);
  app.dataset.thread = String(!thread.element.hidden);
  app.dataset.pane = state.pane;
  cover();
  document.getElementById("skip").textContent = t("page.skip");
  lost.textContent = t("link.lost");
  const place = openChannel();
  document.title = place ? `${place.kind === "im" ? state.bot.name : `#${place.name}`} · ${t("page.title")}` : t("page.title");
}

// -- moving about ----------------------------------------------------------------------------------------------------

async function showChannel(id) {
  state.pane = "channel";
  if (state.channel !== id) state.thread = null;
  state.channel = id;
  state.unread.delete(id);
  remember("channel", id);
  closeSidebar();
  update({ toBottom: true });
  // Slack tells the app when somebody opens its Messages tab.
  if (openChannel()?.kind === "im") attempt(() => api.openHome(state.user, "messages"));
  await attempt(() => refresh(id));
  update({ toBottom: true });
  if (!NARROW.matches) main.composer.focus();
}

async function openThread(ts, focus = true) {
  state.thread = ts;
  update();
  const { channel } = state;
  await attempt(() => refresh(channel, ts));
  thread.update({ toBottom: true });
  if (focus && state.thread === ts) thread.composer.focus();
}

function closeThread() {
  const ts = state.thread;
  state.thread = null;
  update();
  const origin = ts && document.querySelector(`.main [data-ts="${CSS.escape(ts)}"] [data-testid="replies"]`);
  (origin ?? document.getElementById("composer-input"))?.focus();
}

async function openHome() {
  state.pane = "home";
  closeSidebar();
  update();
  await attempt(async () => {
    const answer = await api.openHome(state.user, "home");
    if (answer.view) state.home = answer.view;
  });
  update();
}

/** What lies under something else must not be reached with the keyboard either. */
function cover() {
  const drawer = NARROW.matches && app.dataset.sidebar === "open";
  main.element.inert = drawer || (!WIDE.matches && !thread.element.hidden);
  thread.element.inert = drawer;
}

function openSidebar() {
  app.dataset.sidebar = "open";
  cover();
  sidebar.element.querySelector('[data-testid="side-close"]')?.focus();
}

function closeSidebar() {
  delete app.dataset.sidebar;
  cover();
}

// -- doing -----------------------------------------------------------------------------------------------------------

function say(channel, text, threadTs) {
  const body = { user: state.user, channel, text };
  if (threadTs) body.thread_ts = threadTs;
  return attempt(() => api.say(body));
}

async function writeAs(user) {
  const inDirect = openChannel()?.kind === "im";
  remember("user", user);
  removeAllViews();
  state.messages.clear();
  state.unread.clear();
  state.thread = null;
  if (!(await enter(user))) return;
  // Everyone has direct messages of their own: who was in "the DM" stays there, not in somebody else's.
  const same = openChannel() ?? (inDirect && state.channels.find((channel) => channel.kind === "im"));
  const goal = same || state.channels[0];
  state.channel = goal?.id ?? null;
  if (state.pane === "home") await openHome();
  else if (goal) await showChannel(goal.id);
}

/** Become *user*: the workspace as they see it, their line to the server, and the modals that they left open. */
async function enter(user) {
  let views = [];
  const entered = await attempt(async () => {
    views = await loadWorkspace(user);
  });
  if (!entered) return false;
  connect();
  for (const view of views) openView(view);
  return true;
}

function speak(code) {
  setLanguage(code);
  remember("language", code);
  update();
  redrawViews();
}

function switchTheme() {
  toggleTheme();
  sidebar.update();
}

// -- hearing ---------------------------------------------------------------------------------------------------------

function connect() {
  hangUp();
  let broke = false;
  hangUp = listen(state.user, onEvent, (up) => {
    lost.hidden = up;
    if (up && broke) catchUp();
    broke = !up;
  });
}

/** After a broken line: whatever was said meanwhile. */
async function catchUp() {
  await attempt(async () => {
    await refresh(state.channel);
    if (state.thread) await refresh(state.channel, state.thread);
    await syncViews();
  });
  update();
}

function onEvent(event) {
  const handler = Object.hasOwn(HANDLERS, event.type) ? HANDLERS[event.type] : null;
  handler?.(event);
}

const HANDLERS = {
  message: onMessage,
  ephemeral: (event) => onMessage({ ...event, message: { ...event.message, ephemeral: true } }),
  message_changed(event) {
    putMessage(event.channel, event.message);
    update();
  },
  message_deleted(event) {
    const ts = event.ts ?? event.message?.ts;
    dropMessage(event.channel, ts);
    if (state.thread === ts) state.thread = null;
    countReplies(event.channel);
    update();
  },
  view_opened: (event) => openView(event.view),
  view_updated: (event) => updateView(event.view),
  view_closed: (event) => viewClosed(event.view.id),
  home(event) {
    state.home = event.view;
    update();
  },
  bot_status(event) {
    state.botOnline = Boolean(event.online);
    sidebar.update();
  },
  notice: onNotice,
};

function onMessage({ channel, message }) {
  const fresh = putMessage(channel, message);
  const reply = message.thread_ts && message.thread_ts !== message.ts;
  const mine = message.user === state.user && !message.bot;
  if (channel !== state.channel || state.pane === "home") {
    if (fresh && !mine) state.unread.set(channel, (state.unread.get(channel) ?? 0) + 1);
  } else if (reply) {
    countReplies(channel);
    followAnswer(channel, message);
  }
  update({ toBottom: mine });
  if (fresh && !mine && channel === state.channel) announce(`${authorOf(message).shown}: ${typedText(message.text)}`);
}

/** Show the bot's answer to one's own question at once, where there is room and no other thread is being written in. */
function followAnswer(channel, message) {
  const root = channelMessages(channel).find((candidate) => candidate.ts === message.thread_ts);
  const asker = root?.user === state.user;
  const free = state.thread === null || thread.composer.isEmpty();
  if (message.bot && asker && free && WIDE.matches && state.thread !== message.thread_ts) openThread(message.thread_ts, false);
}

/** The number of replies is the server's to know: ask once for a burst of them. */
function countReplies(channel) {
  clearTimeout(recount);
  recount = setTimeout(async () => {
    await attempt(() => refresh(channel));
    update();
  }, RECOUNT_MS);
}

function onNotice(event) {
  if (!event.channel) {
    toast(event.text?.[language()] ?? "");
    return;
  }
  const ts = (Date.now() / 1000).toFixed(6);
  putMessage(event.channel, { ts, user: "", notice: event.text, thread_ts: event.thread_ts });
  update();
  announce(event.text?.[language()] ?? "");
}

// -- starting --------------------------------------------------------------------------------------------------------

/** What an address such as `/archives/C123/p1700000000000100?thread_ts=…` points to. */
function permalink() {
  const match = /^\/archives\/(\w+)(?:\/p(\d{7,}))?/.exec(location.pathname);
  if (!match) return {};
  const [, channel, digits = ""] = match;
  const ts = digits && `${digits.slice(0, -6)}.${digits.slice(-6)}`;
  return { channel, ts, thread: new URLSearchParams(location.search).get("thread_ts") };
}

async function start() {
  setLanguage(recall("language") ?? (navigator.language.startsWith("ja") ? "ja" : "en"));
  startTheme(() => sidebar.update());
  WIDE.addEventListener("change", cover);
  NARROW.addEventListener("change", cover);
  app.append(sidebar.element, h("div", { class: "scrim", on: { click: closeSidebar } }), main.element, thread.element, lost);
  if (!(await enter(recall("user")))) {
    update();
    return;
  }
  const wanted = permalink();
  const known = (id) => state.channels.find((channel) => channel.id === id);
  const first = known(wanted.channel) ?? known(recall("channel")) ??
    state.channels.find((channel) => channel.is_member && channel.kind !== "im") ?? state.channels[0];
  if (first) await showChannel(first.id);
  if (first && first.id === wanted.channel) {
    if (wanted.thread) await openThread(wanted.thread, false);
    document.querySelectorAll(`.message[data-ts="${CSS.escape(wanted.ts)}"]`).forEach((message) => {
      message.scrollIntoView({ block: "center" });
      message.classList.add("pointed");
    });
  }
  app.dataset.ready = "true";
}

addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeSidebar();
});
start();
