// Writing a mail, to the list or as a reply; what is typed is kept in the draft.

import {act, h, tell} from "./dom.js";

export function writing(draft, state, me, show) {
  const field = (name, label, tag = "input.input", more = {}) => {
    const keep = (event) => (draft[name] = event.target.value);
    const box = h(tag, {value: draft[name], oninput: keep, ...more});
    return h("label.b-input", {}, h("span.b-label", {}, label), box);
  };
  const send = async (event) => {
    event.preventDefault();
    const sent = await act("/mail/write", {as: me.email, ...draft});
    if (sent.trouble) return;
    const kept = sent.words.startsWith("2");
    tell(`The server said: ${sent.words}`, !kept);
    if (kept) show({draft: null});
  };
  return h("form.open", {onsubmit: send},
    h("header.title", {}, h("h2", {}, "Write"), h("span.quiet", {}, `From ${me.name} <${me.email}>`)),
    h("div.scroll", {},
      field("to", "To", "input.input", {type: "email", required: true, list: "addresses"}),
      h("datalist", {id: "addresses"}, state.addresses.map((value) => h("option", {value}))),
      field("subject", "Subject"),
      field("text", "Text", "textarea.input", {rows: 10}),
      h("div.b-actions", {},
        h("button.button.primary", {}, "Send"),
        h("button.button", {type: "button", onclick: () => show({draft: null})}, "Cancel"))));
}
