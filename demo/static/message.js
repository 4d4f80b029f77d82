// One message of a chat as a bubble.
import { richText, safeUrl } from "./entities.js";
import { ask } from "./dialog.js";
import { fileSize, h, icon, ICONS, initials, tint } from "./dom.js";
import { T } from "./texts.js";
import { messageTime } from "./time.js";

export const nameOf = (user) => [user?.first_name, user?.last_name].filter(Boolean).join(" ");

/** What a screen reader hears when the message arrives, and what a quoted message shows. */
export function summary(message) {
  if (message.text || message.caption) return message.text ?? message.caption;
  if (message.photo) return T.photo;
  if (message.document) return message.document.file_name ?? "";
  if (message.contact) return `${T.contact}: ${nameOf(message.contact)}`;
  if (message.sticker) return T.sticker;
  if (message.voice) return T.voice(message.voice.duration ?? 0);
  if (message.location) return T.location;
  return service(message) ?? T.unknown;
}

function service(message) {
  if (message.new_chat_members) return T.joined(message.new_chat_members.map(nameOf).join(", "));
  if (message.left_chat_member) return T.left(nameOf(message.left_chat_member));
  if (message.pinned_message) return T.pinned;
  if (message.migrate_to_chat_id || message.migrate_from_chat_id) return T.upgraded;
  return null;
}

/**
 * The bubble of a message.
 * @param {object} message Telegram's Message object
 * @param {{me: number, group: boolean, pending: (data: string) => boolean, onPress: Function, onReply: Function|null, onCommand: Function}} view
 */
export function messageContent(message, view) {
  const note = service(message);
  if (note) return [h("p.service", {}, note)];
  const own = message.from?.id === view.me;
  const sender = message.sender_chat?.title ?? nameOf(message.from);
  const body = h("div.bubble", {},
    view.group && !own && h("p.sender", { data: { tint: tint(message.from?.id ?? 0) } }, sender),
    message.reply_to_message && quoted(message.reply_to_message),
    ...media(message),
    text(message, view),
    h("p.meta", {},
      message.edit_date ? h("span", {}, T.edited) : null,
      h("time", { datetime: new Date(message.date * 1000).toISOString() }, messageTime(message.date))));
  if (message.sticker) body.classList.add("bare");
  if (message.photo) body.classList.add("with-photo");
  const keyboard = inlineKeyboard(message, view);
  return [
    h("span.unseen", {}, `${own ? T.you : sender}:`),
    view.group && !own && h("span.avatar.small", { "aria-hidden": "true", data: { tint: tint(message.from?.id ?? 0) } }, initials(sender)),
    h("div.column", {}, body, keyboard),
    view.onReply && h("button.icon-button.reply-button", { type: "button", "aria-label": `${T.reply}: ${summary(message).slice(0, 60)}`, onclick: () => view.onReply(message) }, icon(ICONS.reply)),
  ].filter(Boolean);
}

function text(message, view) {
  const written = message.text ?? message.caption;
  if (!written) return null;
  const entities = message.entities ?? message.caption_entities ?? [];
  return h("div.text", { dir: "auto" }, ...richText(written, entities, { onCommand: view.onCommand }));
}

function quoted(message) {
  return h("div.quoted", {}, h("strong", {}, nameOf(message.from)), h("span", {}, summary(message)));
}

function media(message) {
  const parts = [];
  if (message.photo) parts.push(photo(message));
  if (message.document) parts.push(documentLink(message.document));
  if (message.contact) parts.push(contact(message.contact));
  if (message.sticker) parts.push(h("div.sticker", { role: "img", "aria-label": T.sticker }, message.sticker.emoji ?? "🙂"));
  if (message.voice) parts.push(line(ICONS.voice, T.voice(message.voice.duration ?? 0)));
  if (message.video_note) parts.push(line(ICONS.voice, T.video));
  if (message.location) parts.push(line(ICONS.place, `${T.location}: ${message.location.latitude}, ${message.location.longitude}`));
  return parts;
}

const line = (path, label) => h("p.line", {}, icon(path), h("span", {}, label));
const fileUrl = (id) => `/demo/file/${encodeURIComponent(id)}`;

function photo(message) {
  const size = message.photo.at(-1);
  const alt = message.caption ? message.caption.split("\n")[0] : T.photo;
  const picture = () => h("img", { src: fileUrl(size.file_id), alt, width: size.width, height: size.height });
  return h("button.photo", { type: "button", "aria-label": `${T.openPhoto}: ${alt}`, onclick: () => ask({ title: alt, body: [picture()], confirm: T.close, wide: true }) }, picture());
}

function documentLink(file) {
  return h("a.document", { href: fileUrl(file.file_id), download: file.file_name ?? "file" },
    h("span.document-icon", {}, icon(ICONS.file)),
    h("span.document-name", {}, h("strong", {}, file.file_name ?? "file"), h("span", {}, fileSize(file.file_size ?? 0))));
}

function contact(card) {
  return h("div.contact", {},
    h("span.avatar.small", { "aria-hidden": "true", data: { tint: tint(card.user_id ?? 0) } }, initials(nameOf(card))),
    h("span.document-name", {}, h("strong", {}, nameOf(card)), h("span", {}, `+${card.phone_number.replace(/^\+/, "")}`)));
}

function inlineKeyboard(message, view) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows?.length) return null;
  return h("div.keyboard", { role: "group" }, ...rows.map((row) => h("div.keys", {}, ...row.map((key) => inlineKey(message, key, view)))));
}

function inlineKey(message, key, view) {
  const style = key.style ? { style: key.style } : {};
  const href = key.url && safeUrl(key.url);
  if (href) {
    return h("a.key", { href, target: "_blank", rel: "noopener noreferrer", data: style },
      h("span", {}, key.text), icon(ICONS.outside), h("span.unseen", {}, T.opensSite));
  }
  const waiting = view.pending(key.callback_data);
  return h("button.key", {
    type: "button", data: { ...style, callback: key.callback_data ?? "" }, "aria-busy": waiting ? "true" : null,
    "aria-disabled": key.callback_data ? null : "true",
    onclick: () => key.callback_data && view.onPress(message, key.callback_data),
  }, h("span", {}, key.text));
}
