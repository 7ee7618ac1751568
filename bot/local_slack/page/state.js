/** What the page knows: who is there, where the reader is, and every message it has been sent. */

import { api } from "./api.js";

export const state = {
  /** Every person and the bot, by id. */
  people: new Map(),
  users: [],
  bot: { id: "", name: "bot" },
  channels: [],
  commands: [],
  shortcuts: [],
  /** Id of the user who is writing. */
  user: null,
  /** Id of the open channel, and the ts of the open thread or null. */
  channel: null,
  thread: null,
  /** `channel` or `home`. */
  pane: "channel",
  /** Per channel: ts -> message, replies and private messages included. */
  messages: new Map(),
  /** Per channel: how many messages arrived unseen. */
  unread: new Map(),
  /** The published Home tab of this user, or null. */
  home: null,
  /** Whether the bot is reachable; null while nobody said. */
  botOnline: null,
};

/**
 * Load the workspace as *user* sees it; without one, the first user is taken.
 *
 * @returns {Promise<Array>} The modals that this user has open, the visible one last.
 */
export async function loadWorkspace(user) {
  const loaded = await api.state(user);
  state.bot = loaded.bot ?? state.bot;
  state.users = (loaded.users ?? []).filter((person) => !person.is_bot && person.id !== state.bot.id);
  state.channels = loaded.channels ?? [];
  state.commands = loaded.commands ?? [];
  state.shortcuts = loaded.shortcuts ?? [];
  state.people = new Map([...state.users, state.bot].map((person) => [person.id, person]));
  const online = loaded.bot?.online ?? loaded.bot?.connected;
  if (typeof online === "boolean") state.botOnline = online;
  state.home = loaded.home ?? null;
  state.user = state.users.some((person) => person.id === user) ? user : (state.users[0]?.id ?? null);
  return loaded.views ?? [];
}

/** The open channel, or undefined. */
export const openChannel = () => state.channels.find((channel) => channel.id === state.channel);

/** How a channel is called in lists; a direct message carries the name of the bot. */
export function channelTitle(channel) {
  return channel.kind === "im" ? state.bot.name : channel.name;
}

const bucket = (channel) => {
  if (!state.messages.has(channel)) state.messages.set(channel, new Map());
  return state.messages.get(channel);
};

/** Remember a message, or its newer state. Returns true when it was not known before. */
export function putMessage(channel, message) {
  const known = bucket(channel);
  const fresh = !known.has(message.ts);
  known.set(message.ts, message);
  return fresh;
}

/** Forget a message. */
export function dropMessage(channel, ts) {
  bucket(channel).delete(ts);
}

/** A reply that was also sent to the channel. */
export const isBroadcast = (message) => message.subtype === "thread_broadcast" || message.broadcast === true;

const isReply = (message) => Boolean(message.thread_ts) && message.thread_ts !== message.ts;

/** Messages of the channel itself, oldest first. */
export function channelMessages(channel) {
  return ordered(bucket(channel), (message) => !isReply(message) || isBroadcast(message));
}

/** A thread with its first message, oldest first. */
export function threadMessages(channel, ts) {
  return ordered(bucket(channel), (message) => message.ts === ts || message.thread_ts === ts);
}

function ordered(known, fits) {
  return [...known.values()].filter(fits).sort((a, b) => Number(a.ts) - Number(b.ts));
}

/**
 * Read a channel or a thread anew: what the server no longer has goes, notices of the page stay.
 *
 * @param {string} channel Id of the channel.
 * @param {string|null} threadTs The thread, or null for the channel itself.
 */
export async function refresh(channel, threadTs = null) {
  const user = state.user;
  const loaded = (await api.messages(user, channel, threadTs)).messages ?? [];
  // The answer to a question that another user asked must not be mixed in.
  if (user !== state.user) return;
  const here = new Set(loaded.map((message) => message.ts));
  const shown = threadTs ? threadMessages(channel, threadTs) : channelMessages(channel);
  for (const message of shown) {
    if (!message.notice && !here.has(message.ts)) dropMessage(channel, message.ts);
  }
  for (const message of loaded) putMessage(channel, message);
}

/** Read a setting of the page; a browser that keeps nothing gives null. */
export function recall(name) {
  try {
    return localStorage.getItem(`mailports.${name}`);
  } catch {
    return null;
  }
}

/** Keep a setting of the page for the next visit, where the browser allows it. */
export function remember(name, value) {
  try {
    localStorage.setItem(`mailports.${name}`, value);
  } catch {
    // Private windows refuse; the setting then lasts as long as the page.
  }
}
