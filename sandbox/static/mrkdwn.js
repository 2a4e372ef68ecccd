// Slack's mrkdwn and rich text as elements; every word goes in as text, never as HTML.

import {h, moment} from "./dom.js";

const EMOJI = {
  wave: "👋", calendar: "📅", spiral_calendar_pad: "🗓️", white_check_mark: "✅", x: "❌", bell: "🔔", tada: "🎉",
  coffee: "☕", warning: "⚠️", information_source: "ℹ️", thumbsup: "👍", "+1": "👍", heart: "❤️", bulb: "💡",
  clock1: "🕐", mega: "📣", seedling: "🌱", round_pushpin: "📍", busts_in_silhouette: "👥", smile: "😄",
};
const TOKEN = new RegExp([
  /```([^]+?)```/, /`([^`\n]+)`/, /<([^<>\n]+)>/,
  /(?<![\w*])\*(?=\S)([^*\n]*[^*\s])\*(?![\w*])/,
  /(?<![\w_])_(?=\S)([^_\n]*[^_\s])_(?![\w_])/,
  /(?<![\w~])~(?=\S)([^~\n]*[^~\s])~(?![\w~])/,
  /:([a-z0-9_+-]+):/,
].map((one) => one.source).join("|"), "g");

// Drawn, as not every machine has a font for them.
const DOTS = {"🔴": "red", "🟡": "yellow", "🟢": "green"};

const plain = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

export function link(url, words) {
  const safe = /^(https?:|mailto:)/i.test(url);
  return safe ? h("a", {href: url, target: "_blank", rel: "noopener noreferrer"}, words || url) : h("span", {}, words || url);
}

// All of a text object or string, as nodes; `team` knows names, zone and now.
export function words(text, team) {
  if (!text) return [];
  if (typeof text !== "string") return text.type === "mrkdwn" ? mrkdwn(text.text, team) : emojis(text.text);
  return mrkdwn(text, team);
}

function mrkdwn(text, team) {
  const nodes = [];
  let quote = [];
  const flush = () => {
    if (quote.length) nodes.push(h("blockquote", {}, inline(quote.join("\n"), team)));
    quote = [];
  };
  const pieces = text.split(/(```[^]+?```)/);
  for (const piece of pieces) {
    if (piece.startsWith("```") && piece.length > 6) {
      flush();
      nodes.push(h("pre", {}, plain(piece.slice(3, -3).replace(/^\n/, ""))));
      continue;
    }
    let lines = [];
    for (const line of piece.split("\n")) {
      const quoted = line.match(/^&gt; ?(.*)|^>\s?(.*)/);
      if (quoted) {
        if (lines.length) nodes.push(...inline(lines.join("\n"), team));
        lines = [];
        quote.push(quoted[1] ?? quoted[2] ?? "");
      } else {
        flush();
        lines.push(line);
      }
    }
    nodes.push(...inline(lines.join("\n"), team));
    flush();
  }
  return nodes;
}

function inline(text, team) {
  const nodes = [];
  let at = 0;
  for (const found of text.matchAll(TOKEN)) {
    nodes.push(...drawn(plain(text.slice(at, found.index))));
    at = found.index + found[0].length;
    const [all, block, code, angled, bold, italic, struck, emoji] = found;
    if (block) nodes.push(h("pre", {}, plain(block)));
    else if (code) nodes.push(h("code", {}, plain(code)));
    else if (angled) nodes.push(special(angled, team));
    else if (bold) nodes.push(h("strong", {}, inline(bold, team)));
    else if (italic) nodes.push(h("em", {}, inline(italic, team)));
    else if (struck) nodes.push(h("s", {}, inline(struck, team)));
    else nodes.push(EMOJI[emoji] ?? all);
  }
  nodes.push(...drawn(plain(text.slice(at))));
  return nodes;
}

const emojis = (text) => drawn(text.replace(/:([a-z0-9_+-]+):/g, (all, name) => EMOJI[name] ?? all));

const drawn = (text) => text.split(/(🔴|🟡|🟢)/u).map((piece) => {
  const colour = DOTS[piece];
  return colour ? h(`span.dot.${colour}`, {role: "img", "aria-label": `${colour} circle`}) : piece;
});

function special(inside, team) {
  const [target, label] = inside.split(/\|(.*)/s);
  if (target.startsWith("@")) return h("span.mention", {}, "@" + (team.names[target.slice(1)] ?? label ?? target.slice(1)));
  if (target.startsWith("#")) return h("span.mention", {}, "#" + (team.rooms[target.slice(1)] ?? label ?? target.slice(1)));
  if (target.startsWith("!date^")) return date(target, label ?? "", team);
  if (target.startsWith("!")) return h("span.mention", {}, label ?? "@" + target.slice(1).split("^")[0]);
  return link(plain(target), plain(label ?? target.replace(/^mailto:/, "")));
}

function date(target, fallback, team) {
  const [, seconds, format, url] = target.split("^");
  const when = new Date(Number(seconds) * 1000);
  if (Number.isNaN(when.getTime())) return h("span", {}, plain(fallback));
  const shown = format.replace(/\{(\w+)\}/g, (all, name) => dated(name, when, team) ?? all);
  const time = h("time", {dateTime: when.toISOString(), title: plain(fallback)}, plain(shown));
  return url ? link(url, time) : time;
}

function dated(name, when, team) {
  const own = {zone: team.tz, locale: team.locale};
  const long = {day: "numeric", month: "long", year: "numeric"};
  const forms = {
    date_num: {year: "numeric", month: "2-digit", day: "2-digit"}, date: long,
    date_short: {...long, month: "short"}, date_long: {weekday: "long", ...long},
    time: {hour: "2-digit", minute: "2-digit"}, time_secs: {hour: "2-digit", minute: "2-digit", second: "2-digit"},
  };
  const basic = name.replace("_pretty", "");
  if (name !== basic) {
    const day = (moved) => moment(new Date(team.now.getTime() + moved * 864e5), forms.date_num, {...own, locale: "en-GB"});
    const near = [-1, 0, 1].find((moved) => day(moved) === moment(when, forms.date_num, {...own, locale: "en-GB"}));
    if (near !== undefined) return new Intl.RelativeTimeFormat(own.locale, {numeric: "auto"}).format(near, "day");
  }
  return forms[basic] && moment(when, forms[basic], own);
}

// A rich_text block.
export function rich(block, team) {
  const part = (element) => {
    const inside = () => (element.elements ?? []).map((one) => (one.elements ? part(one) : leaf(one, team)));
    if (element.type === "rich_text_list")
      return h(element.style === "ordered" ? "ol" : "ul", {}, element.elements.map((one) => h("li", {}, part(one))));
    if (element.type === "rich_text_quote") return h("blockquote", {}, inside());
    if (element.type === "rich_text_preformatted") return h("pre", {}, inside());
    return h("span", {}, inside());
  };
  return (block.elements ?? []).map((element) => h("div", {}, part(element)));
}

function leaf(one, team) {
  if (one.type === "link") return link(one.url, one.text);
  if (one.type === "user") return special("@" + one.user_id, team);
  if (one.type === "channel") return special("#" + one.channel_id, team);
  if (one.type === "broadcast") return special("!" + one.range, team);
  if (one.type === "emoji") return EMOJI[one.name] ?? `:${one.name}:`;
  if (one.type === "date") return date(`!date^${one.timestamp}^${one.format}`, one.fallback ?? "", team);
  const tags = {bold: "strong", italic: "em", strike: "s", code: "code"};
  const styles = Object.keys(tags).filter((style) => one.style?.[style]);
  return styles.reduce((inside, style) => h(tags[style], {}, inside), one.text ?? "");
}
