// The mail side: the list of mails, and which of list, open mail or form is on the screen.

import {badge, byId, face, h, keptFocus, short} from "./dom.js";
import {opened} from "./letter.js";
import {writing} from "./writing.js";

const EMPTY = {number: null, tab: "html", draft: null};
let shown = {...EMPTY};
let drawn = "";

export function forget() {
  show(EMPTY, false);
}

// Show something else: the list, a mail, one of its tabs, or the form.
function show(other, now = true) {
  shown = {...shown, ...other};
  drawn = "";
  if (now) document.dispatchEvent(new Event("redraw"));
}

export async function drawMail(state, me, seen) {
  const pane = byId("mail");
  const numbers = state.mail.map((mail) => mail.number);
  const {number, tab, draft} = shown;
  const here = JSON.stringify([me.email, number, tab, draft !== null, numbers, state.now.slice(0, 10)]);
  if (here === drawn) return;
  drawn = here;
  const view = draft
    ? writing(draft, state, me, show)
    : number === null
      ? list(state, me, seen)
      : await opened(shown, me, show);
  if (here !== drawn) return; // something newer was drawn while this mail was fetched
  const focus = keptFocus(pane);
  const kept = pane.dataset.number === String(number) ? pane.querySelector(".scroll")?.scrollTop : 0;
  pane.dataset.number = String(number);
  pane.replaceChildren(view);
  pane.querySelector(".scroll").scrollTop = kept ?? 0;
  focus();
}

function list(state, me, seen) {
  const unread = state.mail.filter((mail) => !seen.read(me.email, mail.number)).length;
  const write = () => show({draft: {to: state.addresses[0] ?? "", subject: "", text: ""}});
  return h("div.open", {},
    h("header.title", {},
      h("h2", {}, "Mail"),
      badge(unread, "unread"),
      h("span.quiet", {}, me.email),
      h("button.button", {type: "button", onclick: write}, "Write to the list")),
    h("div.scroll.lines", {},
      state.mail.length ? state.mail.map((mail) => line(mail, state, me, seen)) : h("p.quiet", {}, "No mail yet.")));
}

function line(mail, state, me, seen) {
  const name = mail.from.replace(/<.*>/, "").replaceAll('"', "").trim() || mail.from;
  const open = () => {
    seen.mark(me.email, mail.number);
    show({number: mail.number, tab: "html"});
  };
  const unread = seen.read(me.email, mail.number) ? "" : ".unread";
  return h(`button.line${unread}`, {type: "button", id: `mail-${mail.number}`, onclick: open},
    face(name),
    h("span.who", {}, name),
    h("time", {}, short(new Date(mail.at), new Date(state.now))),
    h("span.subject", {}, mail.invites ? h("span.mark", {}, mail.cancels ? "Cancellation" : "Invitation") : null, mail.subject),
    h("span.preview", {}, mail.preview));
}
