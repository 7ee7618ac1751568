/** Short notes at the edge of the page, and what a screen reader should say. */

import { h, icon } from "./dom.js";
import { t } from "./words.js";

const SHOWN_MS = 7000;

/** Show one line for a few seconds; it can be closed earlier. */
export function toast(text) {
  const note = h("div", { class: "toast", dataset: { testid: "toast" } }, h("span", {}, text));
  const close = h("button", {
    type: "button",
    class: "icon-button",
    "aria-label": t("dialog.close"),
    on: { click: () => note.remove() },
  }, icon("close"));
  note.append(close);
  document.getElementById("toasts").append(note);
  setTimeout(() => note.remove(), SHOWN_MS);
}

/** Have a screen reader say *text* without showing it. */
export function announce(text) {
  const log = document.getElementById("announcer");
  log.append(h("p", {}, text));
  while (log.childElementCount > 5) log.firstElementChild.remove();
}

/** Run *work*; when it fails, say so. Returns true when it went through. */
export async function attempt(work) {
  try {
    await work();
    return true;
  } catch (error) {
    toast(error.message);
    return false;
  }
}
