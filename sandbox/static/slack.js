// The chat side: Home, the DM with the bot, channels, messages, the command box and modals.

import {blocks, filled} from "./blocks.js";
import {composer} from "./composer.js";
import {act, badge, byId, face, h, keptFocus, short} from "./dom.js";
import {forgetModal, showModal} from "./modals.js";
import {words} from "./mrkdwn.js";
import {messageMenu} from "./shortcuts.js";

let open = null; // the id of the open channel, or "home"
let drawn = ""; // what was drawn last, so that typing is never disturbed without need
const messageValues = new Map();

export function forget() {
  open = null;
  drawn = "";
  forgetModal();
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
  const news = slack.channels.map((one) =>
    [one.id, one.messages.map((message) => message.version), seen.unread(`slack ${one.id}`, one.count)]);
  const here = JSON.stringify([me.email, open, news, slack.home?.hash]);
  if (here !== drawn) {
    const focus = keptFocus(pane);
    // Something new is scrolled to; else the place is kept.
    const last = `${open} ${channel?.messages.at(-1)?.ts}`;
    const kept = last === pane.dataset.last ? pane.querySelector(".scroll")?.scrollTop : null;
    pane.dataset.last = last;
    drawn = here;
    const main = channel ? room(channel, slack, team, me, state) : home(slack, team, me);
    pane.replaceChildren(places(slack, channel, me, seen), main);
    const scroll = pane.querySelector(".scroll");
    scroll.scrollTop = kept ?? (channel?.messages.length ? newest(scroll) : 0);
    focus();
  }
  showModal(slack.modal, {team, me, depth: slack.depth});
}

// Where to scroll to: the end, or the beginning of a last message that is taller than the room.
function newest(scroll) {
  const last = scroll.querySelector(".message:last-child");
  const end = scroll.scrollHeight - scroll.clientHeight;
  return last ? Math.min(end, last.offsetTop - scroll.offsetTop) : end;
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
    const props = {type: "button", id: `place-${id}`, onclick: go(id), "aria-current": here ? "page" : null};
    return h("button.place", props, h("span", {}, label), badge(unread, "unread"));
  };
  const draw = (one) => {
    const label = one.kind === "im" ? "Messages" : `# ${one.label}`;
    return place(one.id, label, seen.unread(`slack ${one.id}`, one.count));
  };
  const direct = slack.channels.filter((one) => one.kind === "im").map(draw);
  const rooms = slack.channels.filter((one) => one.kind !== "im").map(draw);
  return h("nav.places", {"aria-label": "Places in Slack"},
    h("h3", {}, "Samband"), place("home", "Home", 0), direct,
    rooms.length ? [h("h3", {}, "Channels"), rooms] : null);
}

function home(slack, team, me) {
  const view = slack.home;
  const place = view && {team, values: valuesOf(view.id), saved: view.values, press: press(me, {view: view.id}, view.id, view.blocks)};
  const nothing = h("p.quiet", {}, "The app has not published a Home tab yet.");
  return h("div.room", {},
    h("h2.title", {}, "Home"),
    h("div.scroll.home", {tabIndex: 0}, view ? blocks(view.blocks, place) : nothing));
}

function room(channel, slack, team, me, state) {
  const messages = channel.messages.map((message) => line(message, channel, {slack, team, me, state}));
  return h("div.room", {},
    h("h2.title", {}, channel.kind === "im" ? "Messages with Samband" : `# ${channel.label}`),
    h("div.scroll", {role: "log", "aria-label": "Messages", tabIndex: 0},
      messages.length ? messages : nothing(state)),
    composer(channel, me, state));
}

function nothing(state) {
  const tries = state.tries.map((words) => h("li", {}, words));
  return h("div.quiet.start", {},
    h("p", {}, "Nothing here yet. Type / below to see what the app can do."),
    tries.length ? [h("h3", {}, "What to try"), h("ol", {}, tries)] : null);
}

const valuesOf = (key) => messageValues.get(key) ?? (messageValues.set(key, new Map()), messageValues.get(key));

function press(me, where, key, list) {
  return (element, given) => act("/act/press", {
    as: me.email, ...where, action_id: element.action_id, ...given, values: filled(list, valuesOf(key)),
  });
}

function line(message, channel, {slack, team, me, state}) {
  const name = slack.names[message.user] ?? "Somebody";
  const when = new Date(Number(message.ts) * 1000);
  const where = {channel: channel.id, ts: message.ts};
  const place = {team, values: valuesOf(message.ts), press: press(me, where, message.ts, message.blocks)};
  return h(`article.message${message.only_you ? ".only" : ""}`, {"aria-label": `${name}, ${short(when, team.now)}`, "data-ts": message.ts},
    face(name),
    h("div.said", {},
      message.only_you ? h("span.eye", {}, "Only visible to you") : null,
      h("header", {},
        h("strong", {}, name),
        message.user === slack.bot ? h("span.app", {}, "APP") : null,
        h("time", {}, short(when, team.now))),
      message.blocks.length ? h("div.blocks", {}, blocks(message.blocks, place)) : h("div.words", {}, words(message.text, team)),
      message.edited ? h("small.quiet", {}, "(edited)") : null),
    messageMenu(message, channel, state, me) ?? "");
}
