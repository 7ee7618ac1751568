/** The box to write in: Enter sends, `/` offers commands, `@` offers the bot, and an IME keeps its Enter. */

import { pickText } from "./api.js";
import { h, icon } from "./dom.js";
import { openMenu } from "./menu.js";
import { toast } from "./notify.js";
import { state } from "./state.js";
import { examples, t } from "./words.js";

const MAX_HEIGHT_PX = 220;

/**
 * Build a composer.
 *
 * @param {{testid: string, sendTestid: string, id?: string, slash: boolean, send: function(string): Promise<boolean>,
 *   example?: function(string): string}} options *send* gets the text and tells whether it went out; *example* turns
 *   an example question into what is put into the box.
 * @returns {{element, aim, put, focus, isEmpty}}
 */
export function createComposer(options) {
  const field = h("textarea", {
    id: options.id,
    rows: 1,
    dataset: { testid: options.testid },
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    autocomplete: "off",
  });
  const send = h("button", { type: "button", class: "send", dataset: { testid: options.sendTestid } }, icon("send"));
  const ideas = h("button", { type: "button", class: "icon-button", "aria-haspopup": "menu", "aria-expanded": "false", dataset: { testid: "examples" } }, icon("bulb"));
  const list = h("ul", { class: "suggestions", role: "listbox", id: `${options.testid}-suggestions`, hidden: true });
  const hint = h("p", { class: "composer-hint" });
  const element = h("form", { class: "composer" }, list,
    h("div", { class: "composer-box" }, field, options.example && ideas, send), hint);
  field.setAttribute("aria-controls", list.id);

  const drafts = new Map();
  let target = "";
  let chosen = 0;
  let offered = [];

  const fit = () => {
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight, MAX_HEIGHT_PX)}px`;
    send.disabled = field.value.trim() === "";
  };
  const put = (text) => {
    field.value = text;
    fit();
    suggest();
    field.focus();
    field.setSelectionRange(text.length, text.length);
  };

  function suggest() {
    offered = suggestionsFor(field.value.slice(0, field.selectionStart), field.value, options.slash);
    chosen = 0;
    drawSuggestions();
  }

  function drawSuggestions() {
    list.hidden = offered.length === 0;
    field.setAttribute("aria-expanded", String(!list.hidden));
    list.setAttribute("aria-label", t("composer.suggestions"));
    list.replaceChildren(...offered.map((item, index) => h("li", {
      role: "option",
      id: `${list.id}-${index}`,
      "aria-selected": String(index === chosen && !item.passive),
      class: item.passive ? "passive" : null,
      dataset: { testid: "suggestion" },
      // pointerdown, because the click would come after the field has lost its focus
      on: { pointerdown: (event) => {
        event.preventDefault();
        if (!item.passive) accept(item);
      } },
    }, h("strong", {}, item.label), " ", h("code", {}, item.usage), h("small", {}, item.description))));
    const active = offered[chosen] && !offered[chosen].passive;
    if (active) field.setAttribute("aria-activedescendant", `${list.id}-${chosen}`);
    else field.removeAttribute("aria-activedescendant");
  }

  function accept(item) {
    const caret = field.selectionStart;
    const head = field.value.slice(0, item.from) + item.insert;
    field.value = head + field.value.slice(caret);
    field.setSelectionRange(head.length, head.length);
    fit();
    suggest();
  }

  async function submit() {
    const text = field.value.trim();
    if (text === "") return;
    if (!options.slash && text.startsWith("/") && state.commands.some((c) => text.split(/\s/)[0] === c.command)) {
      toast(t("composer.no_slash"));
      return;
    }
    const from = target;
    // Cleared at once, so that the next line can be typed; given back when it did not go out.
    put("");
    drafts.delete(from);
    const sent = await options.send(text);
    if (!sent && target === from && field.value === "") put(text);
  }

  field.addEventListener("input", () => {
    fit();
    suggest();
  });
  field.addEventListener("blur", () => {
    list.hidden = true;
  });
  field.addEventListener("keydown", (event) => {
    // While an IME composes, Enter and the arrows belong to it; 229 is how Safari says so for the closing Enter.
    if (event.isComposing || event.keyCode === 229) return;
    const active = !list.hidden && offered.some((item) => !item.passive);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (active && step) {
      event.preventDefault();
      chosen = (chosen + step + offered.length) % offered.length;
      drawSuggestions();
    } else if (active && (event.key === "Tab" || event.key === "Enter") && !event.shiftKey) {
      event.preventDefault();
      accept(offered[chosen]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      list.hidden = true;
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      submit();
    }
  });
  element.addEventListener("submit", (event) => event.preventDefault());
  send.addEventListener("click", submit);
  ideas.addEventListener("click", () =>
    openMenu(ideas, examples().map((question) => ({
      label: question,
      testid: "example",
      run: () => put(options.example(question)),
    }))));

  return {
    element,
    put,
    focus: () => field.focus(),
    isEmpty: () => field.value.trim() === "",
    /** Turn to another channel or thread: its draft is put back, and the box gets its *label*. */
    aim(key, label) {
      if (key !== target) {
        if (target) drafts.set(target, field.value);
        target = key;
        field.value = drafts.get(key) ?? "";
        offered = [];
        drawSuggestions();
      }
      field.placeholder = label;
      field.setAttribute("aria-label", label);
      for (const [button, word] of [[send, "composer.send"], [ideas, "composer.examples"]]) {
        button.setAttribute("aria-label", t(word));
        button.title = t(word);
      }
      hint.textContent = t("composer.hint");
      fit();
    },
  };
}

/**
 * What to offer for the text before the caret.
 *
 * @returns {Array<{label, usage, description, insert, from, passive?}>} *passive* ones only remind of the usage.
 */
function suggestionsFor(before, whole, slash) {
  if (slash && whole.startsWith("/")) {
    const [typed] = whole.split(/\s/);
    const describe = (command, passive) => ({
      label: command.command,
      usage: pickText(command.usage_hint),
      description: pickText(command.description),
      insert: `${command.command} `,
      from: 0,
      passive,
    });
    const exact = state.commands.find((command) => command.command === typed);
    if (exact) return [describe(exact, true)];
    if (/\s/.test(whole)) return [];
    return state.commands.filter((command) => command.command.startsWith(typed)).map((command) => describe(command, false));
  }
  // Japanese is written without spaces, so an @ may follow any character that is not part of an address.
  const mention = /(?:^|[^A-Za-z0-9._%+-])@([\w-]*)$/.exec(before);
  const { name } = state.bot;
  if (!mention || !name.startsWith(mention[1].toLowerCase()) || mention[1] === name) return [];
  return [{
    label: `@${name}`,
    usage: "",
    description: t("message.app"),
    insert: `@${name} `,
    from: before.length - mention[1].length - 1,
  }];
}
