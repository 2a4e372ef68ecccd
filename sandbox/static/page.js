// The page as a whole: who acts, which side is shown, what was seen, and the question for news.

import {ask, badge, byId} from "./dom.js";
import * as mail from "./mail.js";
import {drawPeople, drawWho} from "./people.js";
import * as slack from "./slack.js";
import {drawTime} from "./time.js";

let state = null;
let email = new URLSearchParams(location.search).get("as");
let asking = null;
let side = "slack";

// What this browser has shown already, of this workspace, by person.
const seen = {
  key: (person, name) => `${state.workspace} ${person} ${name}`,
  look: (name, count) => localStorage.setItem(seen.key(email, name), String(count)),
  since: (person, name, count) => Math.max(0, count - Number(localStorage.getItem(seen.key(person, name)) ?? 0)),
  unread: (name, count) => seen.since(email, name, count),
  read: (person, number) => localStorage.getItem(seen.key(person, `mail ${number}`)) !== null,
  mark: (person, number) => localStorage.setItem(seen.key(person, `mail ${number}`), "1"),
};

const me = () => state.people.find((person) => person.email === email);
const sides = () => document.querySelectorAll("button[data-side]");

function draw() {
  const person = state && me();
  if (!person) return;
  document.title = `${person.name} · Samband sandbox`;
  seen.look("news", person.mails + person.messages);
  drawWho(person);
  drawTime(state);
  slack.drawSlack(state, person, seen);
  mail.drawMail(state, person, seen);
  drawSides();
  if (byId("people").open) drawPeople(state, email, seen, become);
}

function drawSides() {
  const unread = state.mail.filter((one) => !seen.read(email, one.number)).length;
  for (const button of sides()) {
    button.setAttribute("aria-pressed", String(button.dataset.side === side));
    if (button.dataset.side === "mail") button.replaceChildren("Mail", badge(unread, "unread") ?? "");
  }
  document.querySelector("main").dataset.side = side;
}

function become(other) {
  byId("people").close();
  if (other === email) return;
  history.pushState(null, "", `?as=${encodeURIComponent(other)}`);
  startAs(other);
}

function startAs(other) {
  email = other;
  slack.forget();
  mail.forget();
  listen();
}

// Ask for news for ever; who starts to listen anew ends the one before.
async function listen() {
  const mine = (asking = Symbol("asking"));
  let since = "";
  while (asking === mine) {
    try {
      const news = await ask(`/state?as=${encodeURIComponent(email ?? "")}&since=${since}`);
      if (asking !== mine) return;
      state = news;
      since = news.version;
      document.body.classList.remove("lost");
      if (!me()) return become(state.people[0].email);
      draw();
    } catch {
      document.body.classList.add("lost");
      await new Promise((later) => setTimeout(later, 2000));
    }
  }
}

byId("who").addEventListener("click", () => {
  drawPeople(state, email, seen, become);
  byId("people").showModal();
});
for (const button of sides())
  button.addEventListener("click", () => {
    side = button.dataset.side;
    draw();
  });
document.addEventListener("redraw", draw);
addEventListener("popstate", () => startAs(new URLSearchParams(location.search).get("as")));
listen();
