// One open mail: its tabs, its calendar card, its attachments and list headers.

import {act, ask, h, moment, tell} from "./dom.js";
import {link} from "./mrkdwn.js";

export async function opened({number, tab}, me, show) {
  const mail = await ask(`/mail/${number}`);
  const tabs = [["text", "Text"], ["source", "Source"]];
  if (mail.has_html) tabs.unshift(["html", "HTML"]);
  const shown = tabs.some(([name]) => name === tab) ? tab : "text";
  const reply = () => show({draft: answerTo(mail)});
  const choice = ([name, label]) => h("button", {
    type: "button", role: "tab", id: `tab-${name}`, "aria-selected": String(name === shown),
    onclick: () => show({tab: name}),
  }, label);
  return h("div.open", {},
    h("header.title", {},
      h("button.button", {type: "button", onclick: () => show({number: null})}, "← All mail"),
      h("button.button", {type: "button", onclick: reply}, "Reply")),
    h("div.scroll", {},
      h("h2.subject", {}, mail.subject),
      h("p.quiet", {}, `${mail.from} → ${mail.to}`, h("br"), moment(new Date(mail.at), {dateStyle: "full", timeStyle: "short"})),
      mail.broken ? h("p.trouble", {}, `This mail could not be read whole (${mail.broken}).`) : null,
      mail.calendar.map((event, index) => card(event, index, mail, me)),
      h("div.tabs", {role: "tablist"}, tabs.map(choice)),
      body(shown, mail),
      attachments(mail),
      mail.list_headers.length ? headers(mail, me) : null));
}

function answerTo(mail) {
  const post = mail.list_headers.find(([name]) => name === "List-Post")?.[1];
  const to = post?.match(/mailto:([^>?]+)/)?.[1] ?? mail.from.match(/<([^>]+)>/)?.[1] ?? mail.from;
  const subject = /^re:/i.test(mail.subject) ? mail.subject : `Re: ${mail.subject}`;
  return {to, subject, text: "", in_reply_to: mail.message_id};
}

function body(shown, mail) {
  if (shown === "text") return h("div.text", {role: "tabpanel"}, linked(mail.text));
  // No script runs in the frame; being of our origin only lets its height be measured here.
  const fit = ({target}) => {
    target.style.height = 0;
    target.style.height = `${target.contentDocument.documentElement.scrollHeight + 4}px`;
  };
  const frame = h("iframe", {
    title: shown === "html" ? "The mail as HTML" : "The source of the mail",
    sandbox: "allow-popups allow-popups-to-escape-sandbox allow-same-origin",
    onload: fit,
    src: `/mail/${mail.number}/${shown}`,
  });
  return h("div", {role: "tabpanel"}, frame);
}

// Plain text with its addresses as links.
function linked(text) {
  return text.split(/(https?:\/\/[^\s<>"']+)/).map((piece, index) => (index % 2 ? link(piece) : piece));
}

function attachments(mail) {
  const files = mail.attachments.map((file) => `${file.name} (${file.kind}, ${file.size_bytes} bytes)`);
  return files.length ? h("p.quiet", {}, "Attached: ", files.join(", ")) : null;
}

const ANSWERS = [["ACCEPTED", "Accept", ".primary"], ["TENTATIVE", "Tentative", ""], ["DECLINED", "Decline", ""]];

function card(event, index, mail, me) {
  const answer = (word) => async () => {
    const sent = await act(`/mail/${mail.number}/answer`, {as: me.email, event: index, answer: word});
    if (sent.words) tell(`Answer sent: ${sent.words}`);
  };
  const buttons = ANSWERS.map(([word, label, style]) =>
    h(`button.button${style}`, {type: "button", onclick: answer(word)}, label));
  const people = event.attendees.map((one) =>
    `${one.name || one.address}: ${one.partstat.toLowerCase().replace("-", " ")}`);
  return h("section.card", {"aria-label": "Calendar"},
    h("p.method", {}, `${event.method} · version ${event.sequence}`),
    h("p", {}, h("strong", {}, event.summary), h("br"), timeOf(event), event.place ? ` · ${event.place}` : ""),
    people.length ? h("p.quiet", {}, people.join(", ")) : null,
    event.method === "REQUEST" ? h("div.b-actions", {}, buttons) : null);
}

function timeOf(event) {
  if (!event.starts_at) return "no time";
  const clock = {hour: "2-digit", minute: "2-digit"};
  const starts = new Date(event.starts_at);
  const day = moment(starts, {weekday: "short", day: "numeric", month: "short"}).replace(",", "");
  const ends = event.ends_at ? ` – ${moment(new Date(event.ends_at), clock)}` : "";
  return `${day} ${moment(starts, clock)}${ends}`;
}

function headers(mail, me) {
  const stop = async () => {
    const done = await act(`/mail/${mail.number}/unsubscribe`, {as: me.email});
    if (done.words) tell(`One-click unsubscribe: ${done.words}`);
  };
  const button = h("button.button.tiny", {type: "button", onclick: stop}, "Unsubscribe with one click");
  const line = ([name, value]) => [
    h("dt", {}, name),
    h("dd", {}, linked(value), name === "List-Unsubscribe" && mail.one_click ? button : null),
  ];
  return h("details.headers", {open: true}, h("summary", {}, "List headers"), h("dl", {}, mail.list_headers.map(line)));
}
