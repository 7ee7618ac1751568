/**
 * The server's browser API: one function per address, and the socket over which news arrive.
 *
 * Addresses begin at the root: the page is also served at `/archives/…`, where permalinks lead.
 */

import { language, t } from "./words.js";

/** The server refused, or could not be reached; `message` is fit to be shown. */
export class ApiError extends Error {
  /**
   * @param {string} message What went wrong, in the page's language.
   * @param {Object} body What the server sent, or an empty object.
   */
  constructor(message, body = {}) {
    super(message);
    this.body = body;
  }
}

/** A text that may come as `{ja, en}` or as a plain string. */
export function pickText(text) {
  if (text && typeof text === "object") return text[language()] ?? text.en ?? text.ja ?? "";
  return typeof text === "string" ? text : "";
}

async function request(path, options = {}) {
  let response;
  try {
    response = await fetch(path, { cache: "no-store", ...options });
  } catch {
    throw new ApiError(t("errors.unreachable"));
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok || body.ok === false) {
    // A text for the reader comes in both languages; a bare string is the server's own short reason.
    const why = pickText(body.error) || `HTTP ${response.status}`;
    throw new ApiError(pickText(body.text) || t("errors.refused", { why }), body);
  }
  return body;
}

const get = (path, query) => request(`${path}?${new URLSearchParams(query)}`);

const post = (path, body) =>
  request(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

export const api = {
  state: (user) => get("/ui/state", user ? { user } : {}),
  messages: (user, channel, threadTs) =>
    get("/ui/messages", threadTs ? { user, channel, thread_ts: threadTs } : { user, channel }),
  say: (body) => post("/ui/say", body),
  press: (body) => post("/ui/press", body),
  shortcut: (body) => post("/ui/shortcut", body),
  edit: (body) => post("/ui/edit", body),
  remove: (body) => post("/ui/delete", body),
  submitView: (body) => post("/ui/view/submit", body),
  closeView: (body) => post("/ui/view/close", body),
  openHome: (user, tab) => post("/ui/home", { user, tab }),
};

/**
 * Listen to what happens in the workspace as one user sees it; reconnects by itself.
 *
 * @param {string} user Id of the user.
 * @param {function(Object): void} onEvent Called with each parsed event.
 * @param {function(boolean): void} onLink Called when the line opens (true) or breaks (false).
 * @returns {function(): void} Hangs up.
 */
export function listen(user, onEvent, onLink) {
  let socket = null;
  let timer = 0;
  let ended = false;
  let wait_ms = 300;
  const open = () => {
    const address = new URL(`/ui/ws?${new URLSearchParams({ user })}`, document.baseURI);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    socket = new WebSocket(address);
    socket.addEventListener("open", () => {
      wait_ms = 300;
      if (!ended) onLink(true);
    });
    socket.addEventListener("message", (event) => {
      if (!ended) onEvent(JSON.parse(event.data));
    });
    socket.addEventListener("close", () => {
      if (ended) return;
      onLink(false);
      timer = setTimeout(open, wait_ms);
      // Twice as long each time, but a person at the page should never wait longer than five seconds.
      wait_ms = Math.min(wait_ms * 2, 5000);
    });
  };
  open();
  return () => {
    ended = true;
    clearTimeout(timer);
    socket?.close();
  };
}
