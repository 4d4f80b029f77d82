// Telegram's message entities as DOM nodes. Offsets and lengths count UTF-16 units, which is how JavaScript counts too.
import { h } from "./dom.js";
import { T } from "./texts.js";

/** The text with its entities as a list of nodes. @param {string} text @param {object[]} [entities] @param {{onCommand?: Function}} [on] */
export function richText(text, entities = [], on = {}) {
  const ordered = entities
    .map((entity) => ({ ...entity, end: entity.offset + entity.length }))
    .sort((a, b) => a.offset - b.offset || b.end - a.end);
  return nodes(text, ordered, 0, text.length, on);
}

// Entities nest or follow each other; one that would cross another's end is cut there, as Telegram does.
function nodes(text, entities, from, to, on) {
  const result = [];
  let at = from;
  let index = 0;
  while (index < entities.length) {
    const entity = entities[index];
    const start = Math.max(entity.offset, at);
    const end = Math.min(entity.end, to);
    index += 1;
    if (start >= end) continue;
    const block = BLOCKS.has(entity.type);
    if (start > at) result.push(block ? text.slice(at, start).replace(/\n$/, "") : text.slice(at, start));
    const inside = [];
    while (index < entities.length && entities[index].offset < end) inside.push(entities[index++]);
    result.push(element(entity, nodes(text, inside, start, end, on), text.slice(start, end), on));
    at = block && end < to && text[end] === "\n" ? end + 1 : end; // a block stands on lines of its own already
  }
  if (at < to) result.push(text.slice(at, to));
  return result;
}

const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);
const PLAIN = { bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre" };

function element(entity, children, plain, on) {
  if (PLAIN[entity.type]) return h(PLAIN[entity.type], {}, ...children);
  switch (entity.type) {
    case "text_link": return link(entity.url, children);
    case "url": return link(/^[a-z][a-z0-9+.-]*:/i.test(plain) ? plain : `https://${plain}`, children);
    case "email": return link(`mailto:${plain}`, children);
    case "phone_number": return link(`tel:${plain.replace(/[^\d+]/g, "")}`, children);
    case "text_mention": return h("span.mention", {}, ...children);
    case "mention": case "hashtag": case "cashtag": return h("span.mention", {}, ...children);
    case "bot_command": return command(plain, children, on);
    case "spoiler": return spoiler(children);
    case "blockquote": return h("blockquote", {}, ...children);
    case "expandable_blockquote": return isLong(plain) ? expandable(children) : h("blockquote", {}, ...children);
    default: return h("span", {}, ...children);
  }
}

/** Only addresses that are harmless to open become links. */
export function safeUrl(url) {
  try {
    const parsed = new URL(url);
    return ["http:", "https:", "mailto:", "tel:", "tg:"].includes(parsed.protocol) ? parsed.href : null;
  } catch {
    return null;
  }
}

function link(url, children) {
  const href = safeUrl(url);
  return href ? h("a", { href, target: "_blank", rel: "noopener noreferrer" }, ...children) : h("span", {}, ...children);
}

function command(plain, children, on) {
  if (!on.onCommand) return h("span.mention", {}, ...children);
  return h("button.command-link", { type: "button", onclick: () => on.onCommand(plain) }, ...children);
}

function spoiler(children) {
  const button = h("button.spoiler", { type: "button", "aria-label": T.reveal }, ...children);
  button.addEventListener("click", () => {
    const shown = h("span.spoiler-shown", { tabindex: "-1" }, ...button.childNodes);
    button.replaceWith(shown);
    shown.focus();
  }, { once: true });
  return button;
}

// About three lines, which is where Telegram folds.
const isLong = (text) => text.length > 120 || text.split("\n").length > 3;

function expandable(children) {
  const quote = h("blockquote.folded", {}, ...children);
  const toggle = h("button.fold", { type: "button", "aria-expanded": "false" }, T.expand);
  toggle.addEventListener("click", () => {
    const folded = quote.classList.toggle("folded");
    toggle.textContent = folded ? T.expand : T.collapse;
    toggle.setAttribute("aria-expanded", String(!folded));
  });
  return h("div.quote", {}, quote, toggle);
}
