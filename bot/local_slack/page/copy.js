/** Code with a button that copies it: host names and ports should reach the mail program without retyping. */

import { h, icon } from "./dom.js";
import { announce, toast } from "./notify.js";
import { t } from "./words.js";

const COPIED_MS = 1600;

/**
 * A code element, with a copy button beside it where *copy* is true.
 *
 * @param {string} text What is shown and copied.
 * @param {boolean} copy Whether to offer the button (messages of the bot only).
 * @param {boolean} block Whether this stands inside a preformatted block.
 */
export function copyableCode(text, copy, block = false) {
  const code = h("code", {}, text);
  if (!copy || text.trim() === "") return code;
  const label = t("block.copy", { text: text.length > 60 ? `${text.slice(0, 57)}…` : text });
  const button = h("button", {
    type: "button",
    class: "copy",
    title: label,
    "aria-label": label,
    dataset: { testid: "copy" },
  }, icon("copy"));
  const holder = h("span", { class: block ? "copyable copyable-block" : "copyable" }, code, button);
  const run = async () => {
    if (!(await writeClipboard(text))) {
      toast(t("errors.copy"));
      return;
    }
    button.replaceChildren(icon("check"));
    holder.classList.add("copied");
    announce(t("block.copied"));
    setTimeout(() => {
      button.replaceChildren(icon("copy"));
      holder.classList.remove("copied");
    }, COPIED_MS);
  };
  button.addEventListener("click", run);
  // The whole chip is the target for a finger; a selection made by dragging is left alone.
  if (!block) {
    code.addEventListener("click", () => {
      if (String(getSelection()) === "") run();
    });
  }
  return holder;
}

async function writeClipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without permission the old way still works in most browsers.
    const area = h("textarea", { class: "visually-hidden", "aria-hidden": "true", prop: { value: text } });
    const focused = document.activeElement;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    focused?.focus?.();
    return done;
  }
}
