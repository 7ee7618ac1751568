/** Small pop-up menus and the question before something irreversible. */

import { h } from "./dom.js";
import { t } from "./words.js";

let closeOpen = null;

/**
 * Open a menu below (or above) its button; arrow keys move, Escape and a click elsewhere close.
 *
 * @param {HTMLElement} anchor The button.
 * @param {Array<{label: (string|Node), testid?: string, danger?: boolean, run: function(): void}>} items
 */
export function openMenu(anchor, items) {
  closeOpen?.();
  const menu = h("div", { class: "menu", role: "menu", dataset: { testid: "menu" } });
  const close = () => {
    menu.remove();
    anchor.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", outside, true);
    removeEventListener("resize", close);
    closeOpen = null;
  };
  const outside = (event) => {
    if (!menu.contains(event.target) && !anchor.contains(event.target)) close();
  };
  for (const item of items) {
    const run = () => {
      close();
      anchor.focus();
      item.run();
    };
    menu.append(h("button", {
      type: "button",
      role: "menuitem",
      tabindex: "-1",
      class: item.danger ? "menu-item danger" : "menu-item",
      dataset: { testid: item.testid },
      on: { click: run },
    }, item.label));
  }
  menu.addEventListener("keydown", (event) => {
    const entries = [...menu.children];
    const at = entries.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      entries[(at + step + entries.length) % entries.length].focus();
    } else if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      close();
      anchor.focus();
    }
  });
  // Inside a dialog the menu must be a child of it: everything outside is inert.
  (anchor.closest("dialog") ?? document.body).append(menu);
  place(menu, anchor);
  anchor.setAttribute("aria-expanded", "true");
  document.addEventListener("pointerdown", outside, true);
  addEventListener("resize", close);
  closeOpen = close;
  menu.firstElementChild?.focus();
}

function place(menu, anchor) {
  const spot = anchor.getBoundingClientRect();
  const below = spot.bottom + menu.offsetHeight + 8 < innerHeight;
  menu.style.top = `${below ? spot.bottom + 4 : Math.max(8, spot.top - menu.offsetHeight - 4)}px`;
  menu.style.left = `${Math.max(8, Math.min(spot.left, innerWidth - menu.offsetWidth - 8))}px`;
}

/**
 * Ask before doing something.
 *
 * @param {{title: (string|Node), text: (string|Node), confirm?: string, deny?: string, danger?: boolean}} question
 * @returns {Promise<boolean>} True when it was confirmed.
 */
export function ask(question) {
  return new Promise((resolve) => {
    const dialog = h("dialog", { class: "dialog dialog-small", "aria-labelledby": "ask-title", dataset: { testid: "confirm" } });
    const done = (answer) => {
      dialog.close();
      dialog.remove();
      resolve(answer);
    };
    dialog.append(
      h("h2", { id: "ask-title" }, question.title),
      h("div", { class: "dialog-body" }, question.text),
      h("div", { class: "dialog-foot" },
        h("button", { type: "button", class: "button", dataset: { testid: "confirm-no" }, on: { click: () => done(false) } },
          question.deny ?? t("dialog.cancel")),
        h("button", {
          type: "button",
          class: question.danger ? "button danger" : "button primary",
          dataset: { testid: "confirm-yes" },
          on: { click: () => done(true) },
        }, question.confirm ?? t("dialog.ok"))),
    );
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      done(false);
    });
    document.getElementById("dialogs").append(dialog);
    dialog.showModal();
  });
}
