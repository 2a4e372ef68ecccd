// The app's modal: drawn anew only when the app changes it, so that typing is kept.

import {blocks, filled} from "./blocks.js";
import {act, byId, h} from "./dom.js";

let shown = "";
let values = new Map();

export function forgetModal() {
  shown = "";
}

export function showModal(view, {team, me, depth}, errors = {}, trouble = null) {
  const dialog = byId("modal");
  const key = view ? `${view.id} ${view.hash}` : "";
  const wrong = Object.keys(errors).length > 0;
  if (key === shown && !wrong && !trouble) return;
  if (view && !shown.startsWith(view.id)) values = new Map();
  shown = key;
  if (!view) {
    if (dialog.open) dialog.close();
    return;
  }
  const focused = dialog.contains(document.activeElement) ? document.activeElement.ariaLabel : null;
  const said = (more) => ({as: me.email, view: view.id, ...more, values: filled(view.blocks, values)});
  const press = (element, given) => act("/act/press", said({action_id: element.action_id, ...given}));
  const close = () => act("/act/close", {as: me.email});
  const submit = async (event) => {
    event.preventDefault();
    const answer = await act("/act/fill", said({}));
    const again = answer.trouble || Object.keys(answer.errors ?? {}).length;
    if (again) showModal(view, {team, me, depth}, answer.errors ?? {}, answer.trouble);
  };
  dialog.oncancel = (event) => {
    event.preventDefault();
    close();
  };
  dialog.replaceChildren(h("form", {onsubmit: submit, noValidate: true},
    h("h2", {id: "modal-title"},
      view.title?.text,
      h("button.cross", {type: "button", "aria-label": "Close", onclick: close}, "×")),
    trouble ? h("p.trouble", {role: "alert"}, trouble) : null,
    h("div.body", {}, blocks(view.blocks, {team, values, saved: view.values, errors, press})),
    h("footer", {},
      h("button.button", {type: "button", onclick: close}, view.close?.text ?? (depth > 1 ? "Back" : "Cancel")),
      view.submit ? h("button.button.primary", {}, view.submit.text) : null)));
  if (!dialog.open) dialog.showModal();
  const again = focused && dialog.querySelector(`[aria-label="${CSS.escape(focused)}"]`);
  const first = dialog.querySelector(wrong ? "[aria-invalid]" : ".body :is(input, textarea, select, button)");
  ((!wrong && again) || first)?.focus();
}
