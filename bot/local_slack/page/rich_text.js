/** A rich_text block -> DOM nodes: sections, lists, code, quotes, and the parts inside them. */

import { copyableCode } from "./copy.js";
import { h, lines, link } from "./dom.js";
import { emojiFor } from "./emoji.js";
import { channelChip, dateText, groupChip, userChip } from "./entities.js";
import { t } from "./words.js";

/**
 * Render a whole rich_text block.
 *
 * @param {Object} block The block.
 * @param {{copy?: boolean}} options *copy* puts a copy button on code.
 */
export function renderRichText(block, options) {
  return h("div", { class: "rich-text" }, renderElements(block.elements ?? [], options));
}

function renderElements(elements, options) {
  const nodes = [];
  for (let index = 0; index < elements.length; index += 1) {
    const element = elements[index];
    if (element.type === "rich_text_list") {
      // Slack writes a nested list as neighbours with a growing indent: gather them into one tree.
      const run = [];
      while (elements[index]?.type === "rich_text_list") {
        run.push(elements[index]);
        index += 1;
      }
      index -= 1;
      nodes.push(...renderLists(run, options));
    } else {
      nodes.push(renderElement(element, options));
    }
  }
  return nodes;
}

function renderElement(element, options) {
  switch (element.type) {
    case "rich_text_section":
      return h("p", {}, renderParts(element.elements, options));
    case "rich_text_preformatted": {
      const text = (element.elements ?? []).map((part) => part.text ?? part.url ?? "").join("");
      return h("pre", {}, copyableCode(text, options.copy, true));
    }
    case "rich_text_quote":
      return h("blockquote", {}, renderParts(element.elements, options));
    default:
      return h("p", { class: "unsupported" }, t("block.unsupported_element", { type: element.type }));
  }
}

function renderLists(run, options) {
  const top = [];
  // stack[n] is the open list at depth n; a deeper one hangs on the last item of the one above.
  const stack = [];
  for (const list of run) {
    const indent = Math.min(Math.max(list.indent ?? 0, 0), 8);
    const ordered = list.style === "ordered";
    stack.length = Math.min(stack.length, indent + 1);
    const open = stack[indent];
    if (!open || open.tagName !== (ordered ? "OL" : "UL") || list.offset) {
      const fresh = h(ordered ? "ol" : "ul", {
        class: `indent-${indent}${list.border ? " bordered" : ""}`,
        start: ordered && list.offset ? Number(list.offset) + 1 : null,
      });
      const parent = stack.slice(0, indent).findLast((item) => item?.lastElementChild);
      if (parent) parent.lastElementChild.append(fresh);
      else top.push(fresh);
      stack[indent] = fresh;
    }
    for (const item of list.elements ?? []) {
      stack[indent].append(h("li", {}, renderParts(item.elements ?? [item], options)));
    }
  }
  return top;
}

/** The parts of a section, a list item, a quote or a table cell. */
export function renderParts(parts, options) {
  return (parts ?? []).map((part) => renderPart(part, options));
}

function renderPart(part, options) {
  const style = part.style ?? {};
  let node;
  switch (part.type) {
    case "text":
      if (style.code) return wrap(copyableCode(part.text ?? "", options.copy), { ...style, code: false });
      node = lines(part.text);
      break;
    case "link":
      node = link(part.url, style.code ? h("code", {}, part.text || part.url) : part.text || part.url);
      break;
    case "emoji":
      node = emojiFor(part.name) ?? `:${part.name}:`;
      break;
    case "user":
      node = userChip(part.user_id);
      break;
    case "channel":
      node = channelChip(part.channel_id);
      break;
    case "usergroup":
      node = groupChip(part.usergroup_id);
      break;
    case "broadcast":
      node = groupChip(part.range);
      break;
    case "date":
      node = h("time", {}, dateText(part.timestamp, part.format ?? "{date}", part.fallback));
      if (part.url) node = link(part.url, node);
      break;
    case "color":
      node = colour(part.value);
      break;
    default:
      node = h("span", { class: "unsupported" }, t("block.unsupported_element", { type: part.type }));
  }
  return wrap(node, { ...style, code: false });
}

function wrap(node, style) {
  let result = node;
  if (style.strike) result = h("s", {}, result);
  if (style.italic) result = h("em", {}, result);
  if (style.bold) result = h("strong", {}, result);
  if (style.underline) result = h("u", {}, result);
  return result;
}

function colour(value) {
  const swatch = h("span", { class: "swatch", "aria-hidden": "true" });
  if (/^#[0-9a-f]{3,8}$/i.test(value)) swatch.style.backgroundColor = value;
  return h("span", {}, swatch, value);
}
