// Block Kit as elements: one small function for each kind of block.

import {control} from "./controls.js";
import {h} from "./dom.js";
import {rich, words} from "./mrkdwn.js";

// `place`: {team, values, saved, errors, press}: where the blocks stand and what they can do there.
export function blocks(list, place) {
  return list.map((block) => (KINDS[block.type] ?? unknown)(block, place));
}

// What was filled in, as far as it is still on the screen.
export function filled(list, values) {
  const held = (block) => [block.accessory, block.element, ...(block.elements ?? [])].filter(Boolean);
  const shown = list.flatMap((block) => held(block).map((one) => `${block.block_id}/${one.action_id}`));
  return Object.fromEntries(shown.filter((key) => values.has(key)).map((key) => [key, values.get(key)]));
}

const KINDS = {
  header: (block, place) => h("h3.b-header", {}, words(block.text, place.team)),
  divider: () => h("hr"),
  section: (block, place) =>
    h("div.b-section", {},
      h("div.b-text", {},
        block.text ? h("div.words", {}, words(block.text, place.team)) : null,
        block.fields ? h("div.b-fields", {}, block.fields.map((field) => h("div.words", {}, words(field, place.team)))) : null),
      block.accessory ? h("div.b-accessory", {}, control(block.accessory, block, place)) : null),
  context: (block, place) =>
    h("div.b-context", {}, block.elements.map((one) => h("span.words", {}, words(one, place.team)))),
  actions: (block, place) => h("div.b-actions", {}, block.elements.map((one) => control(one, block, place))),
  rich_text: (block, place) => h("div.words", {}, rich(block, place.team)),
  input: (block, place) => {
    const error = place.errors?.[block.block_id];
    const group = block.element.type === "checkboxes";
    const field = control(block.element, block, place, block.label.text);
    if (error) field.setAttribute("aria-invalid", "true");
    return h(group ? "div.b-input" : "label.b-input", {},
      h("span.b-label", {}, words(block.label, place.team), block.optional ? h("small", {}, " (optional)") : null),
      field,
      error ? h("span.b-error", {role: "alert"}, error) : null,
      block.hint ? h("small.b-hint", {}, words(block.hint, place.team)) : null);
  },
};

const unknown = (block) => h("p.unknown", {}, `(${block.type})`);
