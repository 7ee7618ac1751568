/**
 * The `markdown` block: the part of standard Markdown that answers use.
 *
 * Headings, paragraphs, lists (nested by two spaces), task lists, quotations, fences, rules, tables, links,
 * bold, italic, strike and code. Raw HTML stays text.
 */

import { copyableCode } from "./copy.js";
import { h, link } from "./dom.js";

const FENCE = /^\s*(```|~~~)/;
const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/;
const RULE = /^\s*([-*_])(\s*\1){2,}\s*$/;
const ITEM = /^(\s*)([-*+]|\d+[.)])\s+(.*)$/;
const QUOTE = /^\s*>\s?(.*)$/;
// A line of ten thousand ">" is not a quotation of a quotation of …
const QUOTES_DEEP = 6;
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

/**
 * Render a text.
 *
 * @param {string} text Markdown.
 * @param {{copy?: boolean}} options *copy* puts a copy button on code.
 */
export function renderMarkdown(text, options) {
  return h("div", { class: "markdown" }, renderLines(String(text ?? "").split("\n"), options, 0));
}

function renderLines(rows, options, depth) {
  const nodes = [];
  let at = 0;
  const take = (fits) => {
    const from = at;
    while (at < rows.length && fits(rows[at], at > from)) at += 1;
    return rows.slice(from, at);
  };
  while (at < rows.length) {
    const row = rows[at];
    if (row.trim() === "") {
      at += 1;
    } else if (FENCE.test(row)) {
      at += 1;
      const code = take((line) => !FENCE.test(line));
      at += 1;
      nodes.push(h("pre", {}, copyableCode(code.join("\n"), options.copy, true)));
    } else if (HEADING.test(row)) {
      const [, marks, title] = HEADING.exec(row);
      // The page itself uses h1 and h2, a message begins below them.
      nodes.push(h(`h${Math.min(marks.length + 2, 6)}`, {}, inline(title, options)));
      at += 1;
    } else if (RULE.test(row)) {
      nodes.push(h("hr"));
      at += 1;
    } else if (QUOTE.test(row) && depth < QUOTES_DEEP) {
      const inside = take((line) => QUOTE.test(line)).map((line) => QUOTE.exec(line)[1]);
      nodes.push(h("blockquote", {}, renderLines(inside, options, depth + 1)));
    } else if (row.includes("|") && isTableRule(rows[at + 1])) {
      nodes.push(table(take((line) => line.includes("|")), options));
    } else if (ITEM.test(row)) {
      nodes.push(...lists(take((line) => ITEM.test(line) || /^\s{2,}\S/.test(line)), options));
    } else {
      const starts = (line) => FENCE.test(line) || HEADING.test(line) || RULE.test(line) || QUOTE.test(line) || ITEM.test(line);
      const paragraph = take((line, later) => line.trim() !== "" && !(later && starts(line)));
      nodes.push(h("p", {}, paragraph.flatMap((line, index) => [index ? h("br") : null, inline(line, options)])));
    }
  }
  return nodes;
}

const isTableRule = (row) => Boolean(row?.includes("|")) && TABLE_RULE.test(row);

function lists(rows, options) {
  const top = [];
  const stack = [];
  for (const row of rows) {
    const match = ITEM.exec(row);
    if (!match) {
      stack.at(-1).element.lastElementChild.append(" ", ...inline(row.trim(), options));
      continue;
    }
    const [, space, mark, body] = match;
    const tag = /\d/.test(mark) ? "ol" : "ul";
    while (stack.length && stack.at(-1).space > space.length) stack.pop();
    if (!stack.length || stack.at(-1).space < space.length) {
      const element = h(tag, { start: tag === "ol" ? parseInt(mark, 10) : null });
      if (stack.length) stack.at(-1).element.lastElementChild.append(element);
      else top.push(element);
      stack.push({ space: space.length, element });
    }
    const task = /^\[([ xX])\]\s+(.*)$/.exec(body);
    const box = task && h("input", { type: "checkbox", disabled: true, checked: task[1] !== " " });
    stack.at(-1).element.append(h("li", { class: task ? "task" : null }, box, box && " ", inline(task ? task[2] : body, options)));
  }
  return top;
}

function cellsOf(row) {
  return row.trim().replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
}

function table(rows, options) {
  const alignments = cellsOf(rows[1]).map((cell) =>
    cell.endsWith(":") ? (cell.startsWith(":") ? "center" : "right") : "left");
  const cell = (tag, text, column) => h(tag, { class: `align-${alignments[column] ?? "left"}` }, inline(text, options));
  return h("div", { class: "table-scroll", tabindex: "0" },
    h("table", {},
      h("thead", {}, h("tr", {}, cellsOf(rows[0]).map((text, column) => cell("th", text, column)))),
      h("tbody", {}, rows.slice(2).map((row) =>
        h("tr", {}, cellsOf(row).map((text, column) => cell("td", text, column)))))));
}

const INLINE = [
  { at: /^`([^`]+)`/, make: (m, o) => copyableCode(m[1], o.copy) },
  { at: /^\[([^\]]+)\]\(([^()\s]+)\)/, make: (m, o) => link(m[2], inline(m[1], { ...o, copy: false })) },
  { at: /^<(https?:[^\s<>]+)>/, make: (m) => link(m[1], m[1]) },
  { at: /^\*\*(?=\S)([\s\S]*?\S)\*\*/, make: (m, o) => h("strong", {}, inline(m[1], o)) },
  { at: /^__(?=\S)([\s\S]*?\S)__/, make: (m, o) => h("strong", {}, inline(m[1], o)) },
  { at: /^~~(?=\S)([\s\S]*?\S)~~/, make: (m, o) => h("s", {}, inline(m[1], o)) },
  { at: /^\*(?=[^\s*])([^*]*[^\s*])\*/, make: (m, o) => h("em", {}, inline(m[1], o)) },
  { at: /^_(?=[^\s_])([^_]*[^\s_])_(?![\p{L}\p{N}])/u, make: (m, o) => h("em", {}, inline(m[1], o)), word: true },
  { at: /^https?:\/\/[^\s<>）」]+[^\s<>）」.,;:!?)]/, make: (m) => link(m[0], m[0]), word: true },
];

function inline(text, options) {
  const nodes = [];
  let buffer = "";
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at);
    if (/^\\[\\`*_~[\]()#>|.!+-]/.test(rest)) {
      buffer += rest[1];
      at += 2;
      continue;
    }
    const inWord = /[\p{L}\p{N}_]/u.test(text[at - 1] ?? "");
    const rule = INLINE.find((candidate) => !(candidate.word && inWord) && candidate.at.test(rest));
    if (rule) {
      const match = rule.at.exec(rest);
      nodes.push(buffer, rule.make(match, options));
      buffer = "";
      at += match[0].length;
    } else {
      buffer += text[at];
      at += 1;
    }
  }
  return [...nodes, buffer];
}
