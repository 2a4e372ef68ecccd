// The mail side: the list of mails, one open mail with its tabs and calendar, and writing.

import {act, ask, byId, face, h, moment, short, tell} from "./dom.js";
import {link} from "./mrkdwn.js";

let number = null; // the open mail
let tab = "html";
let draft = null; // what is being written, or null
let drawn = "";

export function forget() {
  number = null;
  draft = null;
  drawn = "";
}

const nameOf = (from) => from.replace(/<.*>/, "").replaceAll('"', "").trim() || from;
const redraw = () => (drawn = "", document.dispatchEvent(new Event("redraw")));

export async function drawMail(state, me, seen) {
  const pane = byId("mail");
  const here = JSON.stringify([me.email, number, tab, draft !== null, state.mail.map((mail) => mail.number), state.now.slice(0, 10)]);
  if (here === drawn) return;
  drawn = here;
  const view = draft ? writing(state, me) : number === null ? list(state, me, seen) : await opened(state, me);
  if (here !== drawn) return; // something newer was drawn while this mail was fetched
  const focused = document.activeElement?.id;
  const kept = pane.dataset.number === String(number) ? pane.querySelector(".scroll")?.scrollTop : 0;
  pane.dataset.number = String(number);
  pane.replaceChildren(...[view].flat());
  pane.querySelector(".scroll").scrollTop = kept ?? 0;
  if (focused) byId(focused)?.focus({preventScroll: true});
}

function list(state, me, seen) {
  const total = state.mail.length;
  const read = (mail) => seen.read(me.email, mail.number);
  const unread = state.mail.filter((mail) => !read(mail)).length;
  const lines = state.mail.map((mail) => h(`button.line${read(mail) ? "" : ".unread"}`, {type: "button", id: `mail-${mail.number}`, onclick: () => (number = mail.number, tab = "html", seen.mark(me.email, mail.number), redraw())},
    face(nameOf(mail.from)),
    h("span.who", {}, nameOf(mail.from)),
    h("time", {}, short(new Date(mail.at), new Date(state.now))),
    h("span.subject", {}, mail.invites ? h("span.mark", {}, "Invitation") : null, mail.subject),
    h("span.preview", {}, mail.preview)));
  return [
    h("header.title", {}, h("h2", {}, "Mail"), unread ? h("span.badge", {"aria-label": `${unread} unread`}, String(unread)) : null, h("span.quiet", {}, me.email),
      h("button.button", {type: "button", onclick: () => (draft = {to: state.addresses[0] ?? "", subject: "", text: ""}, redraw())}, "Write to the list")),
    h("div.scroll", {}, total ? lines : h("p.quiet", {}, "No mail yet.")),
  ];
}

async function opened(state, me) {
  const mail = await ask(`/mail/${number}`);
  const back = () => (number = null, redraw());
  const choose = (name) => () => (tab = name, redraw());
  const tabs = [mail.has_html && ["html", "HTML"], ["text", "Text"], ["source", "Source"]].filter(Boolean);
  const shown = tabs.some(([name]) => name === tab) ? tab : "text";
  const reply = () => (draft = {to: address(mail.list_headers) ?? angled(mail.from), subject: /^re:/i.test(mail.subject) ? mail.subject : `Re: ${mail.subject}`, text: "", in_reply_to: mail.message_id}, redraw());
  return h("div.open", {},
    h("header.title", {}, h("button.button", {type: "button", onclick: back}, "← All mail"), h("button.button", {type: "button", onclick: reply}, "Reply")),
    h("div.scroll", {},
      h("h2.subject", {}, mail.subject),
      h("p.quiet", {}, `${mail.from} → ${mail.to}`, h("br"), moment(new Date(mail.at), {dateStyle: "full", timeStyle: "short"})),
      mail.broken ? h("p.trouble", {}, `This mail could not be read whole (${mail.broken}).`) : null,
      mail.calendar.map((event, index) => card(event, index, mail, me)),
      h("div.tabs", {role: "tablist"}, tabs.map(([name, label]) =>
        h("button", {type: "button", role: "tab", id: `tab-${name}`, "aria-selected": String(name === shown), onclick: choose(name)}, label))),
      body(shown, mail),
      mail.attachments.length ? h("p.quiet", {}, "Attached: ", mail.attachments.map((file) => `${file.name} (${file.kind}, ${file.size_bytes} bytes)`).join(", ")) : null,
      mail.list_headers.length ? headers(mail, me) : null));
}

const angled = (text) => text.match(/<([^>]+)>/)?.[1] ?? text;
const address = (headers) => headers.find(([name]) => name === "List-Post")?.[1].match(/mailto:([^>?]+)/)?.[1];

function body(shown, mail) {
  if (shown === "text") return h("div.text", {role: "tabpanel"}, linked(mail.text));
  const sandbox = "allow-popups allow-popups-to-escape-sandbox allow-same-origin";
  // No script runs in the frame; being of our origin only lets its height be measured here.
  const fit = ({target}) => {
    target.style.height = 0;
    target.style.height = `${target.contentDocument.documentElement.scrollHeight + 4}px`;
  };
  const frame = h("iframe", {title: shown === "html" ? "The mail as HTML" : "The source of the mail", sandbox, onload: fit, src: `/mail/${mail.number}/${shown}`});
  return h("div", {role: "tabpanel"}, frame);
}

// Plain text with its addresses as links.
function linked(text) {
  return text.split(/(https?:\/\/[^\s<>"']+)/).map((piece, index) => (index % 2 ? link(piece) : piece));
}

function card(event, index, mail, me) {
  const starts = event.starts_at && new Date(event.starts_at);
  const ends = event.ends_at && new Date(event.ends_at);
  const time = starts ? moment(starts, {weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit"}).replace(",", "").replace(",", "") : "no time";
  const answer = (word) => async () => {
    const sent = await act(`/mail/${mail.number}/answer`, {as: me.email, event: index, answer: word});
    if (sent.words) tell(`Answer sent: ${sent.words}`);
  };
  return h("section.card", {"aria-label": "Calendar"},
    h("p.method", {}, `${event.method} · version ${event.sequence}`),
    h("p.event", {}, h("strong", {}, event.summary), h("br"), time, ends ? ` – ${moment(ends, {hour: "2-digit", minute: "2-digit"})}` : "", event.place ? ` · ${event.place}` : ""),
    event.attendees.length ? h("p.quiet", {}, event.attendees.map((one) => `${one.name || one.address}: ${one.partstat.toLowerCase().replace("-", " ")}`).join(", ")) : null,
    event.method === "REQUEST" ? h("div.b-actions", {}, [["ACCEPTED", "Accept"], ["TENTATIVE", "Tentative"], ["DECLINED", "Decline"]].map(([word, label]) =>
      h(`button.button${word === "ACCEPTED" ? ".primary" : ""}`, {type: "button", onclick: answer(word)}, label))) : null);
}

function headers(mail, me) {
  const stop = async () => {
    const done = await act(`/mail/${mail.number}/unsubscribe`, {as: me.email});
    if (done.words) tell(`One-click unsubscribe: ${done.words}`);
  };
  return h("details.headers", {open: true}, h("summary", {}, "List headers"), h("dl", {}, mail.list_headers.map(([name, value]) => [
    h("dt", {}, name),
    h("dd", {}, linked(value), name === "List-Unsubscribe" && mail.one_click ? h("button.button.tiny", {type: "button", onclick: stop}, "Unsubscribe with one click") : null),
  ])));
}

function writing(state, me) {
  const keep = (name) => (event) => (draft[name] = event.target.value);
  const field = (name, label, tag = "input.input", more = {}) => h("label.b-input", {}, h("span.b-label", {}, label), h(tag, {value: draft[name], oninput: keep(name), ...more}));
  const send = async (event) => {
    event.preventDefault();
    const sent = await act("/mail/write", {as: me.email, ...draft});
    if (sent.trouble) return;
    tell(`The server said: ${sent.words}`, !sent.words.startsWith("2"));
    if (sent.words.startsWith("2")) (draft = null, redraw());
  };
  return h("form.open", {onsubmit: send},
    h("header.title", {}, h("h2", {}, "Write"), h("span.quiet", {}, `From ${me.name} <${me.email}>`)),
    h("div.scroll.write", {},
      field("to", "To", "input.input", {type: "email", required: true, list: "addresses"}),
      h("datalist", {id: "addresses"}, state.addresses.map((value) => h("option", {value}))),
      field("subject", "Subject"),
      field("text", "Text", "textarea.input", {rows: 10}),
      h("div.b-actions", {},
        h("button.button.primary", {}, "Send"),
        h("button.button", {type: "button", onclick: () => (draft = null, redraw())}, "Cancel"))));
}
