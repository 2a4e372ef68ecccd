// The page as a whole: who acts, what has news, the time, and the question for news.

import {act, ask, byId, face, h, moment, short} from "./dom.js";
import * as mail from "./mail.js";
import * as slack from "./slack.js";

let state = null;
let email = new URLSearchParams(location.search).get("as");
let asking = null;
let openSide = "slack";

// What this browser has shown already, by person.
const seen = {
  key: (person, name) => `${state.workspace} ${person} ${name}`,
  get: (key) => Number(localStorage.getItem(key) ?? 0),
  look: (name, count) => localStorage.setItem(seen.key(email, name), String(count)),
  unread: (name, count) => Math.max(0, count - seen.get(seen.key(email, name))),
  read: (person, number) => localStorage.getItem(seen.key(person, `mail ${number}`)) !== null,
  mark: (person, number) => localStorage.setItem(seen.key(person, `mail ${number}`), "1"),
};

const me = () => state.people.find((person) => person.email === email);

function draw() {
  if (!state || !me()) return;
  document.title = `${me().name} · Samband sandbox`;
  const person = me();
  seen.look("news", person.mails + person.messages);
  byId("who").replaceChildren(face(person.name), h("span", {}, h("small", {}, "Act as"), h("strong", {}, person.name), h("small", {}, `${person.role} · ${person.field}`)), h("span.caret", {"aria-hidden": "true"}, "▾"));
  drawTime();
  slack.drawSlack(state, person, seen);
  mail.drawMail(state, person, seen);
  const unread = state.mail.filter((one) => !seen.read(email, one.number)).length;
  for (const button of document.querySelectorAll("[data-side]:is(button)")) {
    button.setAttribute("aria-pressed", String(button.dataset.side === openSide));
    if (button.dataset.side === "mail") button.replaceChildren("Mail", unread ? h("span.badge", {"aria-label": `${unread} unread`}, String(unread)) : "");
  }
  document.querySelector("main").dataset.side = openSide;
  if (byId("people").open) drawPeople();
}

function drawTime() {
  const now = new Date(state.now);
  const day = moment(now, {weekday: "long", day: "numeric", month: "long", year: "numeric"});
  const box = byId("time");
  const words = `${day}, ${moment(now, {hour: "2-digit", minute: "2-digit"})}`;
  if (!box.firstChild) {
    const jump = (target, label) => h("button.button", {type: "button", onclick: () => jumpTo(target)}, label);
    box.append(h("p", {}, h("small", {}, "The service's time, Oslo"), h("strong", {id: "now"})),
      h("div.jumps", {}, jump("hour", "+1 hour"), jump("working-day", "Next working day 09:30"), jump("week", "+7 days")));
  }
  byId("now").textContent = words;
}

async function jumpTo(target) {
  const jumped = await act("/jump", {target});
  if (jumped.trouble) return;
  const now = new Date(jumped.now);
  const dialog = byId("report");
  const close = () => dialog.close();
  dialog.replaceChildren(
    h("h2", {}, "What happened meanwhile"),
    h("div.body", {},
      jumped.happened.length
        ? h("ol.happened", {}, jumped.happened.map((one) => h("li", {}, h("time", {}, short(new Date(one.at), new Date(0)).replace(/ \d{4} /, " ")), h("span", {}, one.words))))
        : h("p", {}, "Nothing was due."),
      h("p.quiet", {}, `It is now ${moment(now, {dateStyle: "full", timeStyle: "short"})}.`)),
    h("footer", {}, h("button.button.primary", {type: "button", onclick: close}, "Go on")));
  dialog.showModal();
}

function drawPeople() {
  const dialog = byId("people");
  const text = dialog.querySelector("input")?.value ?? "";
  if (!dialog.firstChild) {
    dialog.append(
      h("header", {}, h("input.input", {type: "search", placeholder: "Search name, role or field", "aria-label": "Search people", oninput: drawPeople}),
        h("button.cross", {type: "button", "aria-label": "Close", onclick: () => dialog.close()}, "×")),
      h("div.list"));
    dialog.addEventListener("keydown", (event) => {
      const all = [dialog.querySelector("input"), ...dialog.querySelectorAll(".list button")];
      const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
      if (step) (event.preventDefault(), all[Math.min(all.length - 1, Math.max(0, all.indexOf(document.activeElement) + step))].focus());
    });
  }
  const wanted = text.trim().toLowerCase().split(/\s+/);
  const fits = (person) => wanted.every((word) => `${person.name} ${person.role} ${person.field} ${person.email}`.toLowerCase().includes(word));
  const line = (person) => {
    const news = Math.max(0, person.mails + person.messages - seen.get(seen.key(person.email, "news")));
    return h("button", {type: "button", onclick: () => become(person.email), "aria-current": person.email === email ? "true" : null},
      face(person.name),
      h("span", {}, h("strong", {}, person.name), h("small", {}, `${person.role} · ${person.field}`)),
      h("span.tags", {}, person.on_slack ? null : h("small.tag", {}, "mail only"), h("small.tag", {}, person.language === "nb" ? "norsk" : "English"),
        news ? h("span.badge", {"aria-label": `${news} new`}, String(news)) : null));
  };
  const found = state.people.filter(fits);
  dialog.querySelector(".list").replaceChildren(...(found.length ? found.map(line) : [h("p.quiet", {}, "Nobody fits.")]));
}

function become(other) {
  byId("people").close();
  if (other === email) return;
  email = other;
  history.pushState(null, "", `?as=${encodeURIComponent(email)}`);
  slack.forget();
  mail.forget();
  listen(true);
}

// Ask for news for ever; a new person starts anew at once.
async function listen(fresh) {
  const mine = (asking = Symbol("asking"));
  let since = fresh ? "" : state.version;
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

byId("who").addEventListener("click", () => (drawPeople(), byId("people").showModal()));
for (const button of document.querySelectorAll("[data-side]:is(button)"))
  button.addEventListener("click", () => ((openSide = button.dataset.side), draw()));
document.addEventListener("redraw", draw);
addEventListener("popstate", () => {
  email = new URLSearchParams(location.search).get("as");
  slack.forget();
  mail.forget();
  listen(true);
});
listen(true);
