// The box below a channel: a message, or a slash command with what can be typed.

import {act, h} from "./dom.js";
import {globalMenu} from "./shortcuts.js";

const drafts = new Map();

export function composer(channel, me, state) {
  const box = h("input.input", {
    id: "compose", autocomplete: "off", value: drafts.get(channel.id) ?? "",
    placeholder: "Write a message, or type / for commands",
    "aria-label": "Message or command", "aria-controls": "commands",
  });
  const list = h("div.commands", {id: "commands", hidden: true, role: "group", "aria-label": "Commands"});
  const form = h("form.composer", {}, list, globalMenu(state, me) ?? "", box, h("button.button.primary", {}, "Send"));
  const write = (text) => {
    drafts.set(channel.id, text);
    box.value = text;
  };
  const choose = (text) => () => {
    write(`${text.replace(/[<[].*$/, "").trimEnd()} `);
    list.hidden = true;
    box.focus();
  };
  const suggest = () => {
    const typed = box.value.trimEnd();
    const fitting = typed.startsWith("/") ? state.commands.filter(([text]) => text.startsWith(typed)) : [];
    list.hidden = !fitting.length;
    list.replaceChildren(...fitting.map(([text, does]) =>
      h("button", {type: "button", onclick: choose(text)}, h("code", {}, text), h("small", {}, does))));
  };
  box.addEventListener("input", () => {
    drafts.set(channel.id, box.value);
    suggest();
  });
  form.addEventListener("keydown", (event) => walk(event, box, list));
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) list.hidden = true;
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = box.value.trim();
    if (!text) return;
    write("");
    list.hidden = true;
    act(text.startsWith("/") ? "/act/command" : "/act/say", {as: me.email, channel: channel.id, text});
  });
  return form;
}

// Arrows go between the box and the commands; Escape closes them.
function walk(event, box, list) {
  if (event.key === "Escape") {
    list.hidden = true;
    box.focus();
  }
  const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
  if (!step || list.hidden) return;
  event.preventDefault();
  const all = [box, ...list.children];
  const next = all.indexOf(document.activeElement) + step;
  all[(next + all.length) % all.length].focus();
}
