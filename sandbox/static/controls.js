// Block Kit's interactive elements. Each keeps its raw value in `place.values` and, outside of
// input blocks, tells the app at once through `place.press(element, value or choice)`.

import {byId, h} from "./dom.js";
import {words} from "./mrkdwn.js";

const TEXT_INPUTS = {plain_text_input: "text", email_text_input: "email", number_input: "text"};

export function control(element, block, place, label) {
  const key = `${block.block_id}/${element.action_id}`;
  const kept = place.values.get(key);
  const saved = place.saved?.[block.block_id]?.[element.action_id];
  const now = kept !== undefined ? kept : raw(saved) ?? first(element);
  const telling = block.type !== "input" || block.dispatch_action;
  const say = async (value) => (await agreed(element)) && place.press(element, {selected: value});
  const change = (value) => {
    place.values.set(key, value);
    if (telling) say(value);
  };
  const named = {"aria-label": label ?? element.placeholder?.text ?? element.action_id};
  const kind = element.type;
  if (kind === "button") return button(element, place);
  if (kind === "overflow") return overflow(element, say); // a menu of acts: it holds no value
  if (kind in TEXT_INPUTS) return typed(element, now, {key, place, named, change, telling});
  if (kind === "datetimepicker") return dateTime(now, place.team.tz, named, change);
  if (kind === "checkboxes") return ticks(element.options, now ?? [], {key, named, team: place.team, change});
  if (kind.endsWith("_select")) return menu(element, now, place.team, named, change);
  return h("span.unknown", {}, `(${kind})`);
}

function raw(saved) {
  if (!saved) return undefined;
  const value = Object.entries(saved).find(([name]) => name !== "type")?.[1];
  if (Array.isArray(value)) return value.map((one) => one.value ?? one);
  return value?.value ?? value ?? undefined;
}

function first(element) {
  if (element.initial_options) return element.initial_options.map((one) => one.value);
  return element.initial_option?.value ?? element.initial_value ?? element.initial_date_time
    ?? element.initial_conversation ?? null;
}

function button(element, place) {
  const press = async () => {
    if (!(await agreed(element))) return;
    if (element.url) window.open(element.url, "_blank", "noopener");
    place.press(element, {value: element.value});
  };
  const style = element.style ? `.${element.style}` : "";
  const props = {type: "button", onclick: press, "aria-label": element.accessibility_label};
  return h(`button.button${style}`, props, words(element.text, place.team), element.url ? " ↗" : "");
}

function overflow(element, say) {
  const choose = (option) => () => {
    if (option.url) window.open(option.url, "_blank", "noopener");
    say(option.value);
  };
  const options = element.options.map((option) =>
    h("button", {type: "button", onclick: choose(option)}, option.text.text));
  return h("details.overflow", {}, h("summary", {"aria-label": "More actions"}, "⋯"), h("div", {}, options));
}

function typed(element, now, {key, place, named, change, telling}) {
  const tag = element.multiline ? "textarea.input" : "input.input";
  const props = {
    ...named, value: now ?? "", placeholder: element.placeholder?.text ?? "", maxLength: element.max_length ?? 3000,
    oninput: (event) => place.values.set(key, event.target.value),
    onchange: telling ? (event) => change(event.target.value) : null,
  };
  if (element.multiline) props.rows = 5;
  else props.type = TEXT_INPUTS[element.type];
  if (element.type === "number_input") props.inputMode = element.is_decimal_allowed ? "decimal" : "numeric";
  if (element.focus_on_load) props.autofocus = true;
  return h(tag, props);
}

function choices(element, team) {
  if (element.type === "conversations_select")
    return Object.entries(team.rooms).map(([value, name]) => ({value, text: {type: "plain_text", text: `#${name}`}}));
  return element.options ?? [];
}

function menu(element, now, team, named, change) {
  const option = (one) => h("option", {value: one.value, selected: one.value === now}, one.text.text);
  const groups = element.option_groups
    ? element.option_groups.map((group) => h("optgroup", {label: group.label.text}, group.options.map(option)))
    : choices(element, team).map(option);
  const none = h("option", {value: "", selected: !now}, element.placeholder?.text ?? "Choose");
  return h("select.input", {...named, onchange: (event) => change(event.target.value || null)}, none, groups);
}

function ticks(options, now, {key, named, team, change}) {
  const box = h("fieldset.ticks", named);
  const tell = () => change([...box.querySelectorAll("input:checked")].map((one) => one.value));
  box.append(...options.map((option) => h("label", {},
    h("input", {type: "checkbox", name: key, value: option.value, checked: now.includes(option.value), onchange: tell}),
    h("span", {}, words(option.text, team), option.description ? h("small", {}, words(option.description, team)) : null))));
  return box;
}

function dateTime(now, zone, named, change) {
  const props = {...named, type: "datetime-local", value: now ? wall(now, zone) : ""};
  return h("input.input", {...props, onchange: (event) => change(event.target.value ? epoch(event.target.value, zone) : null)});
}

// The wall-clock time of a Unix time in a zone, as an input wants it (Swedish writes it so).
function wall(seconds, zone) {
  const written = new Intl.DateTimeFormat("sv-SE", {timeZone: zone, dateStyle: "short", timeStyle: "short"});
  return written.format(new Date(seconds * 1000)).replace(" ", "T");
}

// The Unix time of a wall-clock time in a zone; the second step settles days of a clock change.
function epoch(text, zone) {
  const asked = Date.parse(text + "Z") / 1000;
  let guess = asked;
  for (let step = 0; step < 2; step += 1) guess += asked - Date.parse(wall(guess, zone) + "Z") / 1000;
  return guess;
}

// Show the confirm dialog of an element; say whether the person goes on.
function agreed(element) {
  if (!element.confirm) return Promise.resolve(true);
  const {title, text, confirm, deny, style} = element.confirm;
  const dialog = byId("confirm");
  return new Promise((resolve) => {
    const end = (answer) => () => (dialog.close(), resolve(answer));
    dialog.oncancel = end(false);
    dialog.replaceChildren(
      h("h2", {id: "confirm-title"}, title.text),
      h("div.body", {}, h("p", {}, words(text, {names: {}, rooms: {}, now: new Date()}))),
      h("footer", {},
        h("button.button", {type: "button", onclick: end(false)}, deny.text),
        h(`button.button.${style === "danger" ? "danger" : "primary"}`, {type: "button", onclick: end(true)}, confirm.text)));
    dialog.showModal();
  });
}
