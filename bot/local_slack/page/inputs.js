/**
 * Interactive elements of Block Kit.
 *
 * Each returns a node and reports its value through `ctx.changed(block, element, value)`, where *value* has the
 * shape of one entry in Slack's `view.state.values` (`{type, value | selected_option | …}`).
 */

import { h, icon, link } from "./dom.js";
import { replaceEmoji } from "./emoji.js";
import { renderMrkdwn } from "./mrkdwn.js";
import { ask, openMenu } from "./menu.js";
import { state } from "./state.js";
import { t } from "./words.js";

const BUSY_MIN_MS = 350;

/** A text object (plain_text or mrkdwn) as nodes. */
export function textNode(text, ctx) {
  if (!text) return "";
  if (text.type === "mrkdwn") return renderMrkdwn(text.text, { copy: ctx?.copy, verbatim: text.verbatim });
  const plain = String(text.text ?? "");
  return text.emoji === false ? plain : replaceEmoji(plain);
}

const testid = (element) => ({ testid: `action-${element.action_id}` });

/** Ask the element's own question first, where it has one. */
async function confirmed(element) {
  const question = element.confirm;
  if (!question) return true;
  return ask({
    title: textNode(question.title),
    text: textNode(question.text),
    confirm: question.confirm?.text,
    deny: question.deny?.text,
    danger: question.style === "danger",
  });
}

/** Send the value, with the control marked as busy for as long as it takes (and long enough to be seen). */
async function fire(control, block, element, value, ctx) {
  if (control.getAttribute("aria-busy") === "true" || !(await confirmed(element))) return;
  control.setAttribute("aria-busy", "true");
  try {
    await Promise.all([
      ctx.changed(block, element, value),
      new Promise((resolve) => setTimeout(resolve, BUSY_MIN_MS)),
    ]);
  } finally {
    control.removeAttribute("aria-busy");
  }
}

function button(element, block, ctx) {
  const classes = `button ${["primary", "danger"].includes(element.style) ? element.style : ""}`.trim();
  const control = h("button", { type: "button", class: classes, "aria-label": element.accessibility_label, dataset: testid(element) },
    textNode(element.text));
  control.addEventListener("click", () => {
    if (element.url) link(element.url, "").click();
    fire(control, block, element, { type: "button", value: element.value }, ctx);
  });
  return control;
}

function iconButton(element, block, ctx) {
  const control = h("button", {
    type: "button",
    class: "icon-button",
    title: element.text?.text,
    "aria-label": element.accessibility_label ?? element.text?.text ?? element.icon,
    dataset: testid(element),
  }, icon("trash"));
  control.addEventListener("click", () => fire(control, block, element, { type: "icon_button", value: element.value }, ctx));
  return control;
}

function feedbackButtons(element, block, ctx) {
  const group = h("span", { class: "feedback", role: "group", dataset: testid(element) });
  const add = (part, name, drawing) => {
    if (!part) return;
    const control = h("button", {
      type: "button",
      class: "icon-button",
      title: part.text?.text,
      "aria-label": part.accessibility_label ?? part.text?.text,
      "aria-pressed": "false",
      dataset: { testid: `action-${element.action_id}-${name}` },
    }, icon(drawing));
    control.addEventListener("click", async () => {
      for (const other of group.children) other.setAttribute("aria-pressed", String(other === control));
      await fire(control, block, element, { type: "feedback_buttons", value: part.value }, ctx);
    });
    group.append(control);
  };
  add(element.positive_button, "positive", "up");
  add(element.negative_button, "negative", "thumbdown");
  return group;
}

function overflow(element, block, ctx) {
  const control = h("button", {
    type: "button",
    class: "icon-button",
    "aria-haspopup": "menu",
    "aria-expanded": "false",
    "aria-label": t("block.menu"),
    dataset: testid(element),
  }, icon("more"));
  control.addEventListener("click", () =>
    openMenu(control, (element.options ?? []).map((option) => ({
      label: textNode(option.text),
      testid: `option-${option.value}`,
      run: () => fire(control, block, element, { type: "overflow", selected_option: option }, ctx),
    }))));
  return control;
}

/** Report a choice. Unlike a press, a second one while the first is on its way must not be lost. */
const choose = async (block, element, value, ctx) => {
  if (await confirmed(element)) await ctx.changed(block, element, value);
};

const sameOption = (a, b) => Boolean(a && b) && a.value === b.value;

/** A native select: it works with every keyboard, screen reader and telephone. */
function select(element, block, ctx) {
  const groups = element.option_groups ?? [{ options: element.options ?? [] }];
  const flat = groups.flatMap((group) => group.options ?? []);
  const chosen = ctx.value(block, element)?.selected_option ?? element.initial_option;
  const entry = (option) => {
    const index = flat.indexOf(option);
    return h("option", { value: index, selected: sameOption(option, chosen) }, textNode(option.text));
  };
  const control = h("select", { class: "select", dataset: testid(element) },
    h("option", { value: "" }, textNode(element.placeholder) || t("block.select")),
    groups.map((group) =>
      group.label ? h("optgroup", { label: textNode(group.label) }, (group.options ?? []).map(entry)) : group.options.map(entry)));
  control.addEventListener("change", () =>
    choose(block, element, { type: element.type, selected_option: flat[Number(control.value)] ?? null }, ctx));
  if (control.value !== "") ctx.preset(block, element, { type: element.type, selected_option: flat[Number(control.value)] });
  return control;
}

const LIST_OF = {
  users: { key: "selected_user", initial: "initial_user", items: () => [...state.people.values()], mark: "@" },
  channels: { key: "selected_channel", initial: "initial_channel", items: () => state.channels.filter((c) => c.kind !== "im"), mark: "#" },
  conversations: { key: "selected_conversation", initial: "initial_conversation", items: () => state.channels, mark: "" },
};

function entitySelect(element, block, ctx) {
  const source = LIST_OF[element.type.replace("_select", "")];
  const chosen = ctx.value(block, element)?.[source.key] ?? element[source.initial];
  const control = h("select", { class: "select", dataset: testid(element) },
    h("option", { value: "" }, textNode(element.placeholder) || t("block.select")),
    source.items().map((item) =>
      h("option", { value: item.id, selected: item.id === chosen }, `${source.mark}${item.real_name ?? item.name}`)));
  const value = () => ({ type: element.type, [source.key]: control.value || null });
  control.addEventListener("change", () => choose(block, element, value(), ctx));
  if (control.value !== "") ctx.preset(block, element, value());
  return control;
}

/** Radio buttons and checkboxes share their looks; they differ in how many may be chosen. */
function choices(element, block, ctx) {
  const many = element.type !== "radio_buttons";
  const known = ctx.value(block, element);
  const chosen = many
    ? (known?.selected_options ?? element.initial_options ?? [])
    : [known?.selected_option ?? element.initial_option];
  const group = h("div", { class: "choices", role: many ? "group" : "radiogroup", dataset: testid(element) });
  const name = `choice-${(serial += 1)}`;
  const value = () => {
    const picked = [...group.querySelectorAll("input:checked")].map((box) => element.options[Number(box.value)]);
    return many ? { type: element.type, selected_options: picked } : { type: element.type, selected_option: picked[0] ?? null };
  };
  (element.options ?? []).forEach((option, index) => {
    const box = h("input", {
      type: many ? "checkbox" : "radio",
      name,
      value: index,
      prop: { checked: chosen.some((picked) => sameOption(picked, option)) },
      dataset: { testid: `option-${option.value}` },
      on: { change: () => choose(block, element, value(), ctx) },
    });
    group.append(h("label", {}, box, h("span", {}, textNode(option.text, ctx),
      option.description && h("small", {}, textNode(option.description, ctx)))));
  });
  ctx.preset(block, element, value());
  return group;
}

let serial = 0;

const TEXT_INPUTS = {
  plain_text_input: "text",
  email_text_input: "email",
  url_text_input: "url",
  number_input: "text",
};

function textInput(element, block, ctx) {
  const value = ctx.value(block, element)?.value ?? element.initial_value ?? "";
  const attributes = {
    class: "text-input",
    placeholder: element.placeholder?.text,
    maxlength: element.max_length,
    inputmode: element.type === "number_input" ? "decimal" : null,
    dataset: testid(element),
    prop: { value },
  };
  const control = element.multiline
    ? h("textarea", { ...attributes, rows: 4 })
    : h("input", { ...attributes, type: TEXT_INPUTS[element.type] });
  const report = () => ctx.changed(block, element, { type: element.type, value: control.value === "" ? null : control.value });
  control.addEventListener("input", report);
  if (value !== "") ctx.preset(block, element, { type: element.type, value });
  if (element.focus_on_load) control.setAttribute("autofocus", "");
  return control;
}

const PICKERS = {
  datepicker: { type: "date", key: "selected_date", initial: "initial_date" },
  timepicker: { type: "time", key: "selected_time", initial: "initial_time" },
};

function picker(element, block, ctx) {
  const how = PICKERS[element.type];
  const start = ctx.value(block, element)?.[how.key] ?? element[how.initial] ?? "";
  const control = h("input", { class: "text-input short", type: how.type, prop: { value: start }, dataset: testid(element) });
  const value = () => ({ type: element.type, [how.key]: control.value || null });
  control.addEventListener("change", () => choose(block, element, value(), ctx));
  if (start) ctx.preset(block, element, value());
  return control;
}

/** Choosing several from a list: shown as checkboxes, which need no drop-down. */
function multiSelect(element, block, ctx) {
  const options = element.options ?? (element.option_groups ?? []).flatMap((group) => group.options ?? []);
  return choices({ ...element, options }, block, ctx);
}

const RENDERERS = {
  button,
  workflow_button: button,
  icon_button: iconButton,
  feedback_buttons: feedbackButtons,
  overflow,
  static_select: select,
  multi_static_select: multiSelect,
  users_select: entitySelect,
  channels_select: entitySelect,
  conversations_select: entitySelect,
  radio_buttons: choices,
  checkboxes: choices,
  plain_text_input: textInput,
  email_text_input: textInput,
  url_text_input: textInput,
  number_input: textInput,
  datepicker: picker,
  timepicker: picker,
};

/** Render one interactive element; an unknown type is shown by name. */
export function renderInteractive(element, block, ctx) {
  const renderer = Object.hasOwn(RENDERERS, element.type) ? RENDERERS[element.type] : null;
  if (!renderer) return h("span", { class: "unsupported" }, t("block.unsupported_element", { type: element.type }));
  return renderer(element, block, ctx);
}
