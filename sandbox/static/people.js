// The "Act as" picker: everybody, found by name, role or field, with what is new for each.

import {badge, byId, face, h} from "./dom.js";

const what = (person) => [person.role, person.field].filter(Boolean).join(" · ");

export function drawWho(me) {
  byId("who").title = what(me);
  byId("who").replaceChildren(
    face(me.name),
    h("span", {},
      h("small", {}, "Act as"),
      h("strong", {}, me.name),
      h("small", {}, what(me))),
    h("span.caret", {"aria-hidden": "true"}, "▾"));
}

export function drawPeople(state, email, seen, become) {
  const dialog = byId("people");
  if (!dialog.firstChild) build(dialog);
  const search = dialog.querySelector("input");
  const wanted = search.value.trim().toLowerCase().split(/\s+/);
  const textOf = (person) => `${person.name} ${person.role} ${person.field} ${person.email}`.toLowerCase();
  const found = state.people.filter((person) => wanted.every((word) => textOf(person).includes(word)));
  const lines = found.map((person) => line(person, email, seen, become));
  search.oninput = () => drawPeople(state, email, seen, become);
  dialog.querySelector(".list").replaceChildren(...(lines.length ? lines : [h("p.quiet", {}, "Nobody fits.")]));
}

function build(dialog) {
  const search = h("input.input", {
    type: "search", placeholder: "Search name, role or field", "aria-label": "Search people",
  });
  const close = h("button.cross", {type: "button", "aria-label": "Close", onclick: () => dialog.close()}, "×");
  dialog.append(h("header", {}, search, close), h("div.list"));
  dialog.addEventListener("keydown", (event) => {
    const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
    if (!step) return;
    event.preventDefault();
    const all = [search, ...dialog.querySelectorAll(".list button")];
    const next = all.indexOf(document.activeElement) + step;
    all[Math.min(all.length - 1, Math.max(0, next))].focus();
  });
}

function line(person, email, seen, become) {
  const current = person.email === email;
  const news = current ? 0 : seen.since(person.email, "news", person.mails + person.messages);
  return h("button", {type: "button", onclick: () => become(person.email), "aria-current": current ? "true" : null},
    face(person.name),
    h("span", {}, h("strong", {}, person.name), h("small", {}, what(person))),
    h("span.tags", {},
      person.on_slack ? null : h("small.tag", {}, "mail only"),
      h("small.tag", {}, person.language === "nb" ? "norsk" : "English"),
      badge(news, "new")));
}
