// Small tools of the page: making elements, asking the server, telling the person.

// h("p.note", {title: "x", onclick: f}, "words", child): one element with its children.
export function h(name, props = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag);
  element.classList.add(...classes);
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key in element && !key.startsWith("aria") && key !== "list" && key !== "role")
      element[key] = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat(9).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const byId = (id) => document.getElementById(id);

export async function ask(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

// Do something on the server; a trouble in the answer is shown and returned.
export async function act(path, body) {
  document.body.classList.add("busy");
  try {
    const response = await fetch(path, {
      method: "POST",
      headers: {"Content-Type": "application/json"},
      body: JSON.stringify(body),
    });
    const known = (response.headers.get("Content-Type") ?? "").startsWith("application/json");
    const answer = known ? await response.json() : {trouble: `The sandbox answered ${response.status}.`};
    if (answer.trouble) tell(answer.trouble, true);
    return answer;
  } catch {
    tell("The sandbox does not answer. Is it still running?", true);
    return {trouble: "no answer"};
  } finally {
    document.body.classList.remove("busy");
  }
}

let hiding;
export function tell(words, bad = false) {
  const toast = byId("toast");
  toast.textContent = words;
  toast.classList.toggle("bad", bad);
  toast.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => (toast.hidden = true), 7000);
}

export function moment(when, options, {zone = "Europe/Oslo", locale = "en-GB"} = {}) {
  return new Intl.DateTimeFormat(locale, {timeZone: zone, ...options}).format(when);
}

const dayOf = (when) => moment(when, {dateStyle: "short"});

// "12:05" today, else "Mon 1 Feb 12:05"; today is the service's.
export function short(when, now) {
  const time = moment(when, {hour: "2-digit", minute: "2-digit"});
  if (dayOf(when) === dayOf(now)) return time;
  const sameYear = moment(when, {year: "numeric"}) === moment(now, {year: "numeric"});
  const year = sameYear ? {} : {year: "numeric"};
  return `${moment(when, {weekday: "short", day: "numeric", month: "short", ...year}).replace(",", "")} ${time}`;
}

const initials = (name) =>
  name.split(/\s+/).filter(Boolean).map((part) => part[0]).slice(0, 2).join("").toUpperCase();

export function face(name) {
  const hue = [...name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 8, 7);
  return h(`span.face.hue${hue}`, {"aria-hidden": "true"}, initials(name));
}

export function badge(count, word) {
  return count ? h("span.badge", {"aria-label": `${count} ${word}`}, String(count)) : null;
}

// Remember where the keyboard is in a pane; what is returned puts it there again after a redraw:
// on the element of the same id, else on the one in the same place.
export function keptFocus(pane) {
  const all = () => [...pane.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")];
  const active = document.activeElement;
  const place = all().indexOf(active);
  return () => {
    if (place < 0) return;
    const again = (active.id && byId(active.id)) || all()[place];
    again?.focus({preventScroll: true});
  };
}
