// The app's shortcuts: the menu beside the message field, and the one on each message.

import {act, h} from "./dom.js";

const BOLT = "M9.5 1 3 9.2h4.2L6.2 15 13 6.6H8.7z";
const DOTS = "M2 8a1.4 1.4 0 1 0 2.8 0A1.4 1.4 0 1 0 2 8zm4.6 0a1.4 1.4 0 1 0 2.8 0 1.4 1.4 0 1 0-2.8 0zm4.6 0A1.4 1.4 0 1 0 14 8a1.4 1.4 0 1 0-2.8 0z";

function sign(path) {
  const drawing = (name, props) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(props)) element.setAttribute(key, value);
    return element;
  };
  const svg = drawing("svg", {viewBox: "0 0 16 16", width: 16, height: 16, fill: "currentColor", "aria-hidden": "true"});
  svg.append(drawing("path", {d: path}));
  return svg;
}

// One at a time is open; a press elsewhere and Escape close it.
document.addEventListener("click", ({target}) => closeAll(target.closest?.(".shortcuts")));
document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && document.querySelector(".shortcuts[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});

function closeAll(but = null) {
  for (const menu of document.querySelectorAll(".shortcuts[open]")) if (menu !== but) menu.open = false;
}

function menu(classes, label, path, lines) {
  if (!lines.length) return null;
  const list = h("div", {}, lines.map(([name, does, use]) =>
    h("button", {type: "button", onclick: () => (closeAll(), use())}, name, h("small", {}, does))));
  const placed = ({target}) => {
    // Upwards where there is no room below, as in the last message.
    const room = target.closest(".scroll")?.getBoundingClientRect();
    const end = target.getBoundingClientRect().bottom + list.offsetHeight;
    target.classList.toggle("up", target.open && Boolean(room) && end > room.bottom);
  };
  return h(`details.shortcuts.${classes}`, {ontoggle: placed},
    h("summary", {"aria-label": label, title: label}, sign(path)), list);
}

const of = (state, kind, use) =>
  state.shortcuts.filter((one) => one.kind === kind).map((one) => [one.name, one.does, () => use(one.callback_id)]);

export function globalMenu(state, me) {
  const use = (callback_id) => act("/act/shortcut", {as: me.email, callback_id});
  return menu("anywhere", "Shortcuts", BOLT, of(state, "global", use));
}

// Slack offers none on what one person alone sees.
export function messageMenu(message, channel, state, me) {
  if (message.only_you) return null;
  const use = (callback_id) => act("/act/shortcut", {as: me.email, callback_id, channel: channel.id, ts: message.ts});
  return menu("about", "More message actions", DOTS, of(state, "message", use));
}
