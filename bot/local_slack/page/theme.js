/** Light or dark: the system decides until the reader does. */

import { recall, remember } from "./state.js";

const system = matchMedia("(prefers-color-scheme: dark)");
let chosen = recall("theme");

/** Is the page dark now? */
export const isDark = () => (chosen ? chosen === "dark" : system.matches);

/** Put the reader's choice into effect and call *redraw* whenever the system changes its mind. */
export function startTheme(redraw) {
  apply();
  system.addEventListener("change", redraw);
}

/** Change to the other one, and keep it. */
export function toggleTheme() {
  chosen = isDark() ? "light" : "dark";
  remember("theme", chosen);
  apply();
}

function apply() {
  if (chosen) document.documentElement.dataset.theme = chosen;
}
