/** Modal views: a stack of dialogs, what was entered in them, and the errors per input. */

import { contextFor } from "./actions.js";
import { api } from "./api.js";
import { renderBlocks } from "./blocks.js";
import { h, icon } from "./dom.js";
import { textNode } from "./inputs.js";
import { toast } from "./notify.js";
import { state } from "./state.js";
import { t } from "./words.js";

/** Open views, the lowest first: `{view, ctx, dialog}`. */
const stack = [];

/** Show a view that was opened or pushed. */
export function openView(view) {
  if (stack.some((open) => open.view.id === view.id)) {
    updateView(view);
    return;
  }
  const dialog = h("dialog", { class: "dialog", dataset: { testid: "modal", viewId: view.id } });
  const open = { view, dialog, ctx: contextFor({ view_id: view.id }) };
  stack.push(open);
  // Escape closes as the button does, so the server hears of it.
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    dismiss(open);
  });
  draw(open);
  document.getElementById("dialogs").append(dialog);
  dialog.showModal();
  // A form begins at its first field, not at the cross that closes it.
  dialog.querySelector(".dialog-body :is(input, textarea, select)")?.focus();
}

/** Show the new state of an open view; entries of fields that are still there are kept, as Slack does. */
export function updateView(view) {
  const open = stack.find((candidate) => candidate.view.id === view.id);
  if (!open) {
    openView(view);
    return;
  }
  const focused = document.activeElement?.dataset?.testid;
  const kept = Object.fromEntries((view.blocks ?? [])
    .filter((block) => open.ctx.values[block.block_id])
    .map((block) => [block.block_id, open.ctx.values[block.block_id]]));
  open.view = view;
  open.ctx = contextFor({ view_id: view.id }, { values: kept });
  draw(open);
  if (focused) open.dialog.querySelector(`[data-testid="${CSS.escape(focused)}"]`)?.focus();
}

/** Take a view off the screen, with what lies above it; one that is not open is no error. */
function removeView(viewId) {
  const at = stack.findIndex((open) => open.view.id === viewId);
  if (at < 0) return;
  for (const open of stack.splice(at).reverse()) {
    open.dialog.close();
    open.dialog.remove();
  }
}

/**
 * Hold what is on the screen against what the server says is open.
 *
 * One `view_closed` may stand for a whole stack, and while the line was broken none arrived at all.
 */
export async function syncViews() {
  const shown = new Set(stack.map((open) => open.view.id));
  const views = (await api.state(state.user)).views ?? [];
  const open = new Set(views.map((view) => view.id));
  // What was opened while the answer was on its way is left alone.
  for (const id of shown) if (!open.has(id)) removeView(id);
  for (const view of views) if (!shown.has(view.id)) openView(view);
}

/** Take a view off the screen after the server closed it, and look after those below it. */
export async function viewClosed(viewId) {
  removeView(viewId);
  if (stack.length) await syncViews().catch((error) => toast(error.message));
}

/** Take every view off the screen, for instance when another user takes over. */
export function removeAllViews() {
  for (const open of [...stack]) removeView(open.view.id);
}

/** Redraw what is open, in the page's current language. */
export function redrawViews() {
  for (const open of stack) {
    open.ctx = contextFor({ view_id: open.view.id }, { values: open.ctx.values });
    draw(open);
  }
}

async function dismiss(open) {
  removeView(open.view.id);
  try {
    await api.closeView({ user: state.user, view_id: open.view.id });
  } catch (error) {
    toast(error.message);
  }
}

function draw(open) {
  const { view, dialog } = open;
  const titleId = `title-${view.id}`;
  dialog.setAttribute("aria-labelledby", titleId);
  const close = h("button", {
    type: "button",
    class: "icon-button",
    "aria-label": t("dialog.close"),
    dataset: { testid: "modal-x" },
    on: { click: () => dismiss(open) },
  }, icon("close"));
  const form = h("form", { novalidate: true }, h("div", { class: "dialog-body" }, renderBlocks(view.blocks, open.ctx)));
  const foot = h("div", { class: "dialog-foot" }, h("button", {
    type: "button",
    class: "button",
    dataset: { testid: "modal-close" },
    on: { click: () => dismiss(open) },
  }, textNode(view.close) || t("dialog.close")));
  const needsSubmit = view.submit || (view.blocks ?? []).some((block) => block.type === "input");
  if (needsSubmit) {
    foot.append(h("button", { type: "submit", class: "button primary", dataset: { testid: "modal-submit" } },
      textNode(view.submit) || t("dialog.submit")));
  }
  form.append(foot);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(open, form);
  });
  dialog.replaceChildren(h("div", { class: "dialog-head" }, h("h2", { id: titleId }, textNode(view.title)), close), form);
}

async function submit(open, form) {
  const button = form.querySelector('[type="submit"]');
  if (button.getAttribute("aria-busy") === "true") return;
  const errors = missingEntries(open);
  showErrors(form, errors);
  if (Object.keys(errors).length) return;
  button.setAttribute("aria-busy", "true");
  try {
    const answer = await api.submitView({ user: state.user, view_id: open.view.id, values: valuesOf(open) });
    showErrors(form, answer.errors ?? {});
  } catch (error) {
    toast(error.message);
  } finally {
    button.removeAttribute("aria-busy");
  }
}

/** Every input has an entry, also one that was left empty: that is how `view.state.values` comes from Slack. */
function valuesOf(open) {
  const values = {};
  for (const block of open.view.blocks ?? []) {
    const { element } = block;
    if (block.type === "input" && element) {
      const known = open.ctx.values[block.block_id]?.[element.action_id];
      values[block.block_id] = { [element.action_id]: known ?? { type: element.type, ...emptyValue(element.type) } };
    } else if (open.ctx.values[block.block_id]) {
      values[block.block_id] = open.ctx.values[block.block_id];
    }
  }
  return values;
}

const EMPTY_KEYS = {
  static_select: "selected_option",
  radio_buttons: "selected_option",
  users_select: "selected_user",
  channels_select: "selected_channel",
  conversations_select: "selected_conversation",
  datepicker: "selected_date",
  timepicker: "selected_time",
};

function emptyValue(type) {
  if (["checkboxes", "multi_static_select"].includes(type)) return { selected_options: [] };
  return { [EMPTY_KEYS[type] ?? "value"]: null };
}

/** What Slack's own dialog would not let through: required fields left empty, and texts of the wrong form. */
function missingEntries(open) {
  const errors = {};
  for (const block of open.view.blocks ?? []) {
    if (block.type !== "input" || !block.element) continue;
    const { element } = block;
    const entry = open.ctx.values[block.block_id]?.[element.action_id] ?? {};
    const { type: _, ...content } = entry;
    const value = Object.values(content)[0];
    const empty = value === undefined || value === null || (Array.isArray(value) && value.length === 0) ||
      (typeof value === "string" && value.trim() === "");
    if (empty) {
      if (!block.optional) errors[block.block_id] = t(element.type.endsWith("_input") ? "dialog.required" : "dialog.choose");
    } else if (typeof content.value === "string") {
      const fault = faultOf(element, content.value);
      if (fault) errors[block.block_id] = fault;
    }
  }
  return errors;
}

function faultOf(element, value) {
  const length = [...value].length;
  if (element.min_length && length < element.min_length) return t("dialog.short", { min: element.min_length });
  if (element.max_length && length > element.max_length) return t("dialog.long", { max: element.max_length });
  if (element.type === "email_text_input" && !/^[^@\s]+@[^@\s]+$/.test(value)) return t("dialog.email");
  if (element.type === "url_text_input" && !/^https?:\/\/\S+$/.test(value)) return t("dialog.url");
  if (element.type === "number_input" && !/^-?\d+(\.\d+)?$/.test(value)) return t("dialog.number");
  return null;
}

/** Write each error under its input, and put the reader on the first one. */
function showErrors(form, errors) {
  let first = null;
  for (const holder of form.querySelectorAll(".block-input")) {
    const text = errors[holder.dataset.blockId] ?? "";
    const control = holder.querySelector("input, textarea, select");
    holder.querySelector(".field-error").textContent = text;
    holder.classList.toggle("invalid", text !== "");
    control?.setAttribute("aria-invalid", String(text !== ""));
    if (text && !first) first = control;
  }
  first?.focus();
}
