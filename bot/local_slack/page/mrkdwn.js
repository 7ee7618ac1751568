/**
 * Slack's mrkdwn -> DOM nodes.
 *
 * Source: Slack's "Formatting text for app surfaces": only `&amp;`, `&lt;` and `&gt;` are escapes, `<…>` holds
 * links, mentions and dates, and a mark needs a word boundary outside and a non-space inside. Japanese letters
 * are word characters, so `*太字*です` stays plain here as it does in Slack: a card that relies on it shows at once.
 */

import { copyableCode } from "./copy.js";
import { append, h, lines, link } from "./dom.js";
import { emojiFor } from "./emoji.js";
import { channelChip, dateText, groupChip, userChip } from "./entities.js";

const MARKS = { "*": "strong", _: "em", "~": "s" };
const MARK_LIMIT = 3000;
const WORD = /[\p{L}\p{N}]/u;

/** Undo Slack's three escapes, in the one order that does not undo twice. */
export function unescapeText(text) {
  return text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
}

/**
 * Render a text.
 *
 * @param {string} text mrkdwn as it came from the server.
 * @param {{copy?: boolean, verbatim?: boolean}} options *copy* puts a copy button on code; *verbatim* leaves bare
 *   addresses alone.
 * @returns {DocumentFragment}
 */
export function renderMrkdwn(text, options = {}) {
  const fragment = document.createDocumentFragment();
  const source = String(text ?? "");
  // A fence may stand in the middle of a line; odd pieces of the split are code.
  const pieces = source.split(/```/);
  if (pieces.length % 2 === 0) {
    // The last fence was never closed: it is text.
    const last = pieces.pop();
    pieces[pieces.length - 1] += "```" + last;
  }
  pieces.forEach((piece, index) => {
    if (index % 2 === 1) {
      fragment.append(h("pre", {}, copyableCode(unescapeText(piece.replace(/^\n|\n$/g, "")), options.copy, true)));
    } else {
      const trimmed = index > 0 ? piece.replace(/^\n/, "") : piece;
      append(fragment, quotesAndLines(trimmed, options));
    }
  });
  return fragment;
}

/** Lines that begin with `>` (escaped or not) become one quotation as long as they follow each other. */
function quotesAndLines(text, options) {
  if (text === "") return [];
  const nodes = [];
  let quoted = [];
  let plain = [];
  const flushPlain = () => {
    if (plain.length) nodes.push(renderInline(plain.join("\n"), options));
    plain = [];
  };
  const flushQuote = () => {
    if (quoted.length) nodes.push(h("blockquote", {}, renderInline(quoted.join("\n"), options)));
    quoted = [];
  };
  for (const line of text.split("\n")) {
    const quote = /^(?:&gt;|>) ?(.*)$/.exec(line);
    if (quote) {
      flushPlain();
      quoted.push(quote[1]);
    } else {
      flushQuote();
      plain.push(line);
    }
  }
  flushQuote();
  flushPlain();
  return nodes;
}

/**
 * Everything inside a paragraph.
 *
 * @returns {Array} Nodes, texts, and lists of them: `append` takes them as they are.
 */
function renderInline(text, options = {}) {
  const nodes = [];
  let buffer = "";
  const flush = () => {
    if (buffer) nodes.push(lines(unescapeText(buffer)));
    buffer = "";
  };
  let at = 0;
  while (at < text.length) {
    const found = tokenAt(text, at, options);
    if (found) {
      flush();
      nodes.push(found.node);
      at = found.end;
    } else {
      buffer += text[at];
      at += 1;
    }
  }
  flush();
  return nodes;
}

/** The construct that begins at *at*, or null: `{node, end}`. */
function tokenAt(text, at, options) {
  const char = text[at];
  if (char === "`") {
    const end = text.indexOf("`", at + 1);
    if (end <= at + 1 || text.slice(at, end).includes("\n")) return null;
    return { node: copyableCode(codeText(text.slice(at + 1, end)), options.copy), end: end + 1 };
  }
  if (char === "<") {
    const end = text.indexOf(">", at);
    if (end < 0) return null;
    const node = angle(text.slice(at + 1, end), options);
    return node && { node, end: end + 1 };
  }
  if (char === ":") {
    const match = /^:([a-z0-9_+-]+):/.exec(text.slice(at, at + 60));
    const sign = match && emojiFor(match[1]);
    return sign ? { node: sign, end: at + match[0].length } : null;
  }
  if (Object.hasOwn(MARKS, char)) return markAt(text, at, options);
  if (char === "h" && !options.verbatim && !WORD.test(text[at - 1] ?? "")) {
    const match = /^https?:\/\/[^\s<>「」（）。、]+[^\s<>「」（）。、.,;:!?)\]'"]/.exec(text.slice(at, at + 2000));
    return match && { node: link(unescapeText(match[0]), unescapeText(match[0])), end: at + match[0].length };
  }
  return null;
}

function markAt(text, at, options) {
  const mark = text[at];
  const before = text[at - 1] ?? "";
  const first = text[at + 1] ?? " ";
  if (WORD.test(before) || /\s/.test(first) || first === mark) return null;
  // A mark never spans lines, and not more than a section may hold: a hostile text must not cost a search of
  // everything for each star in it.
  const newline = text.indexOf("\n", at);
  const limit = Math.min(newline < 0 ? text.length : newline, at + MARK_LIMIT);
  for (let end = text.indexOf(mark, at + 2); end > 0 && end < limit; end = text.indexOf(mark, end + 1)) {
    if (!/\s/.test(text[end - 1]) && !WORD.test(text[end + 1] ?? "")) {
      return { node: h(MARKS[mark], {}, renderInline(text.slice(at + 1, end), options)), end: end + 1 };
    }
  }
  return null;
}

/** In code, a link is its label (or its address) as plain text. */
function codeText(text) {
  return unescapeText(text.replace(/<([^<>|]+)(?:\|([^<>]*))?>/g, (_, address, label) => label || address));
}

/** What stands between `<` and `>`, or null when it is nothing that Slack knows. */
function angle(inner, options) {
  const bar = inner.indexOf("|");
  const head = bar < 0 ? inner : inner.slice(0, bar);
  const label = bar < 0 ? "" : inner.slice(bar + 1);
  if (/^@[UWB]\w+$/.test(head)) return userChip(head.slice(1));
  if (/^#[CGD]\w+$/.test(head)) return channelChip(head.slice(1), unescapeText(label));
  if (/^!(here|channel|everyone)$/.test(head)) return groupChip(head.slice(1));
  if (head.startsWith("!subteam^")) return groupChip(unescapeText(label).replace(/^@/, "") || head.slice(9));
  if (head.startsWith("!date^")) return dateNode(head, unescapeText(label));
  if (head.startsWith("!")) return h("span", {}, unescapeText(label) || `<${head}>`);
  if (/^(https?:\/\/|mailto:|tel:)/i.test(head)) {
    const address = unescapeText(head);
    // A label is formatted, but has no links of its own.
    const shown = label ? renderInline(label, { ...options, verbatim: true, copy: false }) : address.replace(/^mailto:/, "");
    return link(address, shown);
  }
  return null;
}

function dateNode(head, fallback) {
  const [, epoch, format, ...rest] = head.split("^");
  const text = dateText(Number(epoch), unescapeText(format ?? ""), fallback);
  return rest.length ? link(unescapeText(rest.join("^")), text) : h("time", {}, text);
}
