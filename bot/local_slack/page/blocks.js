/**
 * Block Kit -> DOM nodes.
 *
 * A context says where the blocks stand and what happens when something is pressed:
 * `{copy, changed(block, element, value), value(block, element), preset(block, element, value)}`;
 * see `contextFor` in actions.js.
 */

import { h, safeUrl } from "./dom.js";
import { renderInteractive, textNode } from "./inputs.js";
import { renderMarkdown } from "./markdown.js";
import { renderParts, renderRichText } from "./rich_text.js";
import { hasWord, t } from "./words.js";

/** Render a list of blocks in their order. */
export function renderBlocks(blocks, ctx) {
  return h("div", { class: "blocks" }, (blocks ?? []).map((block) => renderBlock(block, ctx)));
}

/** Render one block; one that is unknown or broken is shown as a box, never left out in silence. */
function renderBlock(block, ctx) {
  const renderer = Object.hasOwn(RENDERERS, block?.type) ? RENDERERS[block.type] : null;
  if (!renderer) return unsupported(block?.type);
  try {
    const node = renderer(block, ctx);
    if (block.block_id) node.dataset.blockId = block.block_id;
    return node;
  } catch (error) {
    console.error(error);
    return unsupported(block.type);
  }
}

function unsupported(type) {
  return h("div", { class: "unsupported", dataset: { testid: "unsupported" } }, t("block.unsupported", { type: String(type) }));
}

function section(block, ctx) {
  const body = h("div", { class: "section-body" });
  if (block.text) body.append(h("div", { class: "text" }, textNode(block.text, ctx)));
  if (block.fields) {
    body.append(h("div", { class: "fields" }, block.fields.map((field) => h("div", { class: "text" }, textNode(field, ctx)))));
  }
  if (!block.accessory) return h("div", { class: "block-section" }, body);
  const accessory = block.accessory.type === "image"
    ? picture(block.accessory, "accessory-image")
    : renderInteractive(block.accessory, block, ctx);
  return h("div", { class: "block-section with-accessory" }, body, h("div", { class: "accessory" }, accessory));
}

const header = (block) => h("h3", { class: "block-header" }, textNode(block.text));

const divider = () => h("hr", { class: "block-divider" });

function context(block, ctx) {
  return h("div", { class: "block-context" }, (block.elements ?? []).map((element) =>
    element.type === "image" ? picture(element, "context-image") : h("span", { class: "text" }, textNode(element, ctx))));
}

function actions(block, ctx) {
  return h("div", { class: "block-actions" }, (block.elements ?? []).map((element) => renderInteractive(element, block, ctx)));
}

function picture(element, classes) {
  const source = element.image_url ?? element.slack_file?.url;
  const inline = /^data:image\/(png|jpeg|gif|webp);/.test(source ?? "");
  const alt = element.alt_text ?? "";
  const failed = () => h("span", { class: "image-failed" }, t("block.image_failed", { alt }));
  if (!source || (!inline && !/^https?:/.test(safeUrl(source) ?? ""))) return failed();
  const image = h("img", { src: source, alt, class: classes, loading: "lazy", referrerpolicy: "no-referrer" });
  image.addEventListener("error", () => image.replaceWith(failed()));
  return image;
}

function image(block) {
  return h("figure", { class: "block-image" },
    block.title && h("figcaption", {}, textNode(block.title)),
    picture(block, "image"));
}

function table(block, ctx) {
  const settings = block.column_settings ?? [];
  const cell = (tag, content, column) => {
    const setting = settings[column] ?? {};
    const align = ["left", "center", "right"].includes(setting.align) ? setting.align : "left";
    const classes = `align-${align}${setting.is_wrapped ? " wrapped" : ""}`;
    return h(tag, { class: classes, scope: tag === "th" ? "col" : null }, cellContent(content, ctx));
  };
  const [head = [], ...rest] = block.rows ?? [];
  return h("div", { class: "table-scroll", tabindex: "0", role: "region", "aria-label": t("block.table") },
    h("table", {},
      h("thead", {}, h("tr", {}, head.map((content, column) => cell("th", content, column)))),
      h("tbody", {}, rest.map((row) => h("tr", {}, row.map((content, column) => cell("td", content, column)))))));
}

function cellContent(cell, ctx) {
  switch (cell?.type) {
    case "raw_text":
      return cell.text;
    case "raw_number":
      return cell.text ?? String(cell.value ?? "");
    case "rich_text":
      // A cell holds sections only; as paragraphs they would stretch the row.
      return (cell.elements ?? []).map((element) =>
        element.type === "rich_text_section"
          ? h("div", {}, renderParts(element.elements, ctx))
          : renderRichText({ elements: [element] }, ctx));
    default:
      return h("span", { class: "unsupported" }, t("block.unsupported_element", { type: String(cell?.type) }));
  }
}

function contextActions(block, ctx) {
  return h("div", { class: "block-context-actions" }, (block.elements ?? []).map((element) => renderInteractive(element, block, ctx)));
}

let serial = 0;

/** A labelled field of a form; its error is put into the empty paragraph by the modal. */
function input(block, ctx) {
  const id = `field-${(serial += 1)}`;
  const control = renderInteractive(block.element ?? {}, block, ctx);
  control.setAttribute("aria-describedby", `${id}-hint ${id}-error`);
  const label = [textNode(block.label), block.optional && h("span", { class: "optional" }, ` ${t("dialog.optional")}`)];
  const parts = [
    block.hint && h("p", { class: "hint", id: `${id}-hint` }, textNode(block.hint)),
    h("p", { class: "field-error", id: `${id}-error`, role: "alert" }),
  ];
  if (["checkboxes", "radio_buttons", "multi_static_select"].includes(block.element?.type)) {
    control.setAttribute("aria-labelledby", `${id}-label`);
    return h("div", { class: "block-input" }, h("div", { class: "label", id: `${id}-label` }, label), control, parts);
  }
  control.id = id;
  return h("div", { class: "block-input" }, h("label", { class: "label", for: id }, label), control, parts);
}

function alertBox(block, ctx) {
  const level = hasWord(`alert.${block.level}`) ? block.level : "info";
  return h("div", { class: `block-alert ${level}` },
    h("strong", {}, t(`alert.${level}`)), h("div", { class: "text" }, textNode(block.text, ctx)));
}

/** A text that may be a text object or a rich_text block. */
function textOrRich(text, ctx) {
  return text?.type === "rich_text" ? renderRichText(text, ctx) : textNode(text, ctx);
}

function card(block, ctx) {
  return h("div", { class: "block-card" },
    block.hero_image && picture(block.hero_image, "image"),
    h("div", { class: "card-head" },
      block.icon && picture(block.icon, "context-image"),
      h("div", {},
        block.title && h("div", { class: "card-title" }, textOrRich(block.title, ctx)),
        block.subtitle && h("div", { class: "card-subtitle" }, textOrRich(block.subtitle, ctx)))),
    block.body && h("div", { class: "text" }, textOrRich(block.body, ctx)),
    block.subtext && h("div", { class: "block-context" }, textOrRich(block.subtext, ctx)),
    block.actions?.length && actions({ ...block, elements: block.actions }, ctx));
}

function container(block, ctx) {
  const title = textOrRich(block.rich_text_title ?? block.title, ctx);
  const subtitle = block.subtitle && h("span", { class: "card-subtitle" }, textNode(block.subtitle, ctx));
  const inside = renderBlocks(block.child_blocks, ctx);
  if (block.is_collapsible) {
    return h("details", { class: "block-card", open: !(block.default_collapsed ?? false) },
      h("summary", { class: "card-title" }, title, " ", subtitle), inside);
  }
  return h("div", { class: "block-card" }, title && h("div", { class: "card-title" }, title), subtitle, inside);
}

const RENDERERS = {
  section,
  header,
  divider,
  context,
  actions,
  image,
  table,
  input,
  card,
  container,
  alert: alertBox,
  rich_text: renderRichText,
  markdown: (block, ctx) => renderMarkdown(block.text, ctx),
  context_actions: contextActions,
};
