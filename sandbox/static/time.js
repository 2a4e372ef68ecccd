// The time bar: the service's now in Oslo, the jumps, and what happened on the way.

import {act, byId, h, moment} from "./dom.js";

const JUMPS = [["hour", "+1 hour"], ["working-day", "Next working day 09:30"], ["week", "+7 days"]];
const CLOCK = {hour: "2-digit", minute: "2-digit"};

export function drawTime(state) {
  const box = byId("time");
  if (!box.firstChild) {
    const jumps = JUMPS.map(([target, label]) =>
      h("button.button", {type: "button", onclick: () => jump(target)}, label));
    box.append(
      h("p", {}, h("small", {}, "The service's time, Oslo"), h("strong", {id: "now"})),
      h("div.jumps", {}, jumps));
  }
  const now = new Date(state.now);
  const day = moment(now, {weekday: "long", day: "numeric", month: "long", year: "numeric"});
  byId("now").textContent = `${day}, ${moment(now, CLOCK)}`;
}

async function jump(target) {
  const jumped = await act("/jump", {target});
  if (jumped.trouble) return;
  const now = moment(new Date(jumped.now), {dateStyle: "full", timeStyle: "short"});
  const lines = jumped.happened.map((one) => h("li", {}, h("time", {}, dayAndTime(one.at)), h("span", {}, one.words)));
  const dialog = byId("report");
  dialog.replaceChildren(
    h("h2", {}, "What happened meanwhile"),
    h("div.body", {},
      lines.length ? h("ol.happened", {}, lines) : h("p", {}, "Nothing was due."),
      h("p.quiet", {}, `It is now ${now}.`)),
    h("footer", {}, h("button.button.primary", {type: "button", onclick: () => dialog.close()}, "Go on")));
  dialog.showModal();
}

function dayAndTime(at) {
  const when = new Date(at);
  const day = moment(when, {weekday: "short", day: "numeric", month: "short"}).replace(",", "");
  return `${day} ${moment(when, CLOCK)}`;
}
