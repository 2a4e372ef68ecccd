// The chat side: Home, the DM with the bot, channels, messages, the command box and modals.

import {blocks, filled} from "./blocks.js";
import {act, byId, face, h, short} from "./dom.js";
import {words} from "./mrkdwn.js";

let open = null; // the id of the open channel, or "home"
let drawn = ""; // what was drawn last, so that typing is never disturbed without need
const modal = {shown: "", values: new Map()};
const drafts = new Map();
const messageValues = new Map();

export function forget() {
  open = null;
  drawn = "";
  modal.shown = "";
}

export function drawSlack(state, me, seen) {
  const pane = byId("slack");
  const slack = state.slack;
  if (!slack) {
    drawn = "";
    pane.replaceChildren(h("div.empty", {},
      h("h2", {}, "Not on Slack"),
      h("p", {}, `${me.name} reaches the service by e-mail and the web alone. Everything is in the mail.`)));
    showModal(null, {});
    return;
  }
  const team = {names: slack.names, rooms: slack.rooms, tz: slack.tz, locale: slack.locale, now: new Date(state.now)};
  const direct = slack.channels.find((channel) => channel.kind === "im");
  open ??= direct.id;
  const channel = slack.channels.find((one) => one.id === open) ?? (open === "home" ? null : direct);
  if (channel) seen.look(`slack ${channel.id}`, channel.count);
  const here = JSON.stringify([me.email, open, slack.channels.map((one) => [one.id, one.messages.map((m) => m.version), seen.unread(`slack ${one.id}`, one.count)]), slack.home?.hash]);
  if (here !== drawn) {
    const focused = document.activeElement?.id;
    const old = pane.querySelector(".scroll");
    const kept = old && old.scrollTop + old.clientHeight < old.scrollHeight - 40 && pane.dataset.open === open ? old.scrollTop : null;
    drawn = here;
    pane.dataset.open = open;
    pane.replaceChildren(places(slack, channel, me, seen), channel ? room(channel, slack, team, me, state) : home(slack, team, me));
    const scroll = pane.querySelector(".scroll");
    scroll.scrollTop = kept ?? (channel ? scroll.scrollHeight : 0);
    if (focused) byId(focused)?.focus({preventScroll: true});
  }
  showModal(slack.modal, {team, me, depth: slack.depth});
}

function places(slack, channel, me, seen) {
  const go = (id) => async () => {
    open = id;
    drawn = "";
    document.dispatchEvent(new Event("redraw"));
    if (id === "home") await act("/act/home", {as: me.email});
  };
  const place = (id, label, unread) => {
    const here = (channel?.id ?? "home") === id;
    return h("button.place", {type: "button", id: `place-${id}`, onclick: go(id), "aria-current": here ? "page" : null}, h("span", {}, label),
      unread ? h("span.badge", {"aria-label": `${unread} unread`}, String(unread)) : null);
  };
  const list = (kinds, sign) => slack.channels.filter((one) => kinds.includes(one.kind))
    .map((one) => place(one.id, sign + one.label, seen.unread(`slack ${one.id}`, one.count)));
  const rooms = list(["public", "private"], "# ");
  return h("nav.places", {"aria-label": "Places in Slack"},
    h("h3", {}, "Samband"), place("home", "Home", 0), list(["im"], "").map((one) => (one.firstChild.textContent = "Messages", one)),
    list(["mpim"], "").length ? [h("h3", {}, "Group messages"), list(["mpim"], "")] : null,
    rooms.length ? [h("h3", {}, "Channels"), rooms] : null);
}

function home(slack, team, me) {
  const view = slack.home;
  const place = view && {team, values: valuesOf(view.id), saved: view.values, press: press(me, {view: view.id}, view.id, view.blocks)};
  return h("div.room", {},
    h("h2.title", {}, "Home"),
    h("div.scroll.home", {tabIndex: 0}, view ? blocks(view.blocks, place) : h("p.quiet", {}, "The app has not published a Home tab yet.")));
}

function room(channel, slack, team, me, state) {
  const messages = channel.messages.map((message) => line(message, channel, slack, team, me));
  return h("div.room", {},
    h("h2.title", {}, channel.kind === "im" ? "Messages with Samband" : (channel.kind === "mpim" ? "" : "# ") + channel.label),
    h("div.scroll", {role: "log", "aria-label": "Messages", tabIndex: 0},
      messages.length ? messages : h("p.quiet", {}, "Nothing here yet. Type / below to see what the app can do.")),
    composer(channel, me, state));
}

const valuesOf = (key) => messageValues.get(key) ?? (messageValues.set(key, new Map()), messageValues.get(key));

function press(me, where, key, list) {
  return (element, given) => act("/act/press", {
    as: me.email, ...where, action_id: element.action_id, ...given, values: filled(list, valuesOf(key)),
  });
}

function line(message, channel, slack, team, me) {
  const name = slack.names[message.user] ?? "Somebody";
  const when = new Date(Number(message.ts) * 1000);
  const place = {team, values: valuesOf(message.ts), press: press(me, {channel: channel.id, ts: message.ts}, message.ts, message.blocks)};
  return h(`article.message${message.only_you ? ".only" : ""}`, {"aria-label": `${name}, ${short(when, team.now)}`},
    face(name),
    h("div.said", {},
      h("header", {}, h("strong", {}, name), message.user === slack.bot ? h("span.app", {}, "APP") : null, h("time", {}, short(when, team.now)),
        message.only_you ? h("span.eye", {}, "Only visible to you") : null),
      message.blocks.length ? h("div.blocks", {}, blocks(message.blocks, place)) : h("div.words", {}, words(message.text, team)),
      message.edited ? h("small.quiet", {}, "(edited)") : null,
      Object.entries(message.reactions).map(([emoji, count]) => h("span.reaction", {}, words(`:${emoji}:`, team), ` ${count}`))));
}

function composer(channel, me, state) {
  const box = h("input.input", {
    id: "compose", autocomplete: "off", value: drafts.get(channel.id) ?? "", placeholder: "Write a message, or type / for commands",
    "aria-label": "Message or command", "aria-controls": "commands",
    oninput: () => (drafts.set(channel.id, box.value), suggest()),
    onkeydown: (event) => {
      if (event.key === "Escape") list.hidden = true;
      if (event.key === "ArrowDown" && !list.hidden) (event.preventDefault(), list.querySelector("button")?.focus());
    },
  });
  const list = h("div.commands", {id: "commands", hidden: true, role: "group", "aria-label": "Commands", onkeydown: (event) => {
    const step = {ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling"}[event.key];
    if (step) (event.preventDefault(), (document.activeElement[step] ?? box).focus());
    if (event.key === "Escape") (list.hidden = true, box.focus());
  }});
  const choose = (text) => () => (box.value = text.replace(/[<\[].*$/, "").trimEnd() + " ", drafts.set(channel.id, box.value), list.hidden = true, box.focus());
  const suggest = () => {
    const fitting = box.value.startsWith("/") ? state.commands.filter(([text]) => text.startsWith(box.value.trimEnd()) || box.value === "/") : [];
    list.hidden = !fitting.length;
    list.replaceChildren(...fitting.map(([text, does]) => h("button", {type: "button", onclick: choose(text)}, h("code", {}, text), h("small", {}, does))));
  };
  const send = async (event) => {
    event.preventDefault();
    const text = box.value.trim();
    if (!text) return;
    drafts.delete(channel.id);
    box.value = "";
    list.hidden = true;
    await act(text.startsWith("/") ? "/act/command" : "/act/say", {as: me.email, channel: channel.id, text});
  };
  return h("form.composer", {onsubmit: send}, list, box, h("button.button.primary", {}, "Send"));
}

// The modal is drawn anew only when the app changes it, so that typing is kept.
function showModal(view, {team, me, depth}, errors = {}, trouble = null) {
  const dialog = byId("modal");
  const key = view ? `${view.id} ${view.hash}` : "";
  if (key === modal.shown && !Object.keys(errors).length && !trouble) return;
  if (view && !modal.shown.startsWith(view.id)) modal.values = new Map();
  modal.shown = key;
  if (!view) return dialog.open ? dialog.close() : undefined;
  const values = modal.values;
  const place = {team, values, saved: view.values, errors, press: (element, given) =>
    act("/act/press", {as: me.email, view: view.id, action_id: element.action_id, ...given, values: filled(view.blocks, values)})};
  const close = () => act("/act/close", {as: me.email});
  const focused = dialog.contains(document.activeElement) ? document.activeElement.ariaLabel : null;
  const submit = async (event) => {
    event.preventDefault();
    const answer = await act("/act/fill", {as: me.email, view: view.id, values: filled(view.blocks, values)});
    if (answer.trouble || Object.keys(answer.errors ?? {}).length) showModal(view, {team, me, depth}, answer.errors ?? {}, answer.trouble);
  };
  dialog.oncancel = (event) => (event.preventDefault(), close());
  dialog.replaceChildren(h("form", {onsubmit: submit, noValidate: true},
    h("h2", {id: "modal-title"}, view.title?.text, h("button.cross", {type: "button", "aria-label": "Close", onclick: close}, "×")),
    trouble ? h("p.trouble", {role: "alert"}, trouble) : null,
    h("div.body", {}, blocks(view.blocks, place)),
    h("footer", {},
      h("button.button", {type: "button", onclick: close}, view.close?.text ?? (depth > 1 ? "Back" : "Cancel")),
      view.submit ? h("button.button.primary", {}, view.submit.text) : null)));
  if (!dialog.open) dialog.showModal();
  const again = focused && dialog.querySelector(`[aria-label="${CSS.escape(focused)}"]`);
  const first = dialog.querySelector(Object.keys(errors).length ? "[aria-invalid]" : ".body :is(input, textarea, select, button)");
  (Object.keys(errors).length ? first : again || first)?.focus();
}
