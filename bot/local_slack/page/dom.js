/**
 * Building DOM nodes, and nothing else.
 *
 * Every text of the page goes through `createTextNode`; markup is never parsed from a string, so a message
 * that contains `<script>` is shown as those eight letters.
 */

const SVG = "http://www.w3.org/2000/svg";

/**
 * Build one element.
 *
 * @param {string} tag Name of the element.
 * @param {Object} props Attributes; `class`, `dataset`, `on` (event name to handler) and `prop` (DOM properties)
 *   are treated apart. `null`, `undefined` and `false` leave an attribute out, `true` writes it empty.
 * @param {...(Node|string|number|null|Array)} children Texts become text nodes; empty ones are left out.
 * @returns {HTMLElement}
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "dataset") {
      for (const [key, text] of Object.entries(value)) if (text !== undefined) element.dataset[key] = text;
    } else if (name === "on") {
      for (const [event, handler] of Object.entries(value)) element.addEventListener(event, handler);
    } else if (name === "prop") {
      Object.assign(element, value);
    } else {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  append(element, children);
  return element;
}

/** Append nodes, texts and nested lists of them to *parent*. */
export function append(parent, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false || child === "") continue;
    parent.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** A text in which line feeds are line breaks. */
export function lines(text) {
  return String(text ?? "")
    .split("\n")
    .flatMap((line, index) => (index === 0 ? [line] : [h("br"), line]));
}

const PATHS = {
  menu: "M4 6h16M4 12h16M4 18h16",
  close: "M6 6l12 12M18 6L6 18",
  back: "M14 5l-7 7 7 7",
  reply: "M4 5h16v11H11l-4 4v-4H4z",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  check: "M5 13l5 5L19 7",
  send: "M4 12l16-8-6 16-3-6z",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.5 1.5M17.5 17.5L19 19M5 19l1.5-1.5M17.5 6.5L19 5",
  moon: "M20 14A8 8 0 0 1 10 4a8 8 0 1 0 10 10z",
  home: "M4 11l8-7 8 7v9h-5v-6H9v6H4z",
  lock: "M6 11h12v9H6zM9 11V8a3 3 0 0 1 6 0v3",
  hash: "M9 4L7 20M17 4l-2 16M4 9h16M4 15h16",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  down: "M12 5v14M6 13l6 6 6-6",
  bulb: "M9 18h6M10 21h4M12 3a6 6 0 0 0-3.5 10.9V15h7v-1.1A6 6 0 0 0 12 3z",
  up: "M7 11l5-8 1 1v5h6l-2 11H7zM3 11h4v9H3z",
  thumbdown: "M17 13l-5 8-1-1v-5H5L7 4h10zM21 13h-4V4h4z",
};

/**
 * One of the page's own line drawings; it is decoration, so a button that holds only this needs an aria-label.
 *
 * @param {string} name Key of the drawing.
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

/**
 * Where a link from a message may lead: the web, a mail or a telephone, never `javascript:` or `data:`.
 *
 * @returns {string|null} The address, or null when it must stay a plain text.
 */
export function safeUrl(url) {
  try {
    const parsed = new URL(String(url));
    return ["http:", "https:", "mailto:", "tel:"].includes(parsed.protocol) ? parsed.href : null;
  } catch {
    return null;
  }
}

/** A link out of a message, or its label alone when the address is not safe. */
export function link(url, label) {
  const href = safeUrl(url);
  if (href === null) return h("span", {}, label ?? url);
  return h("a", { href, target: "_blank", rel: "noopener noreferrer" }, label ?? url);
}
