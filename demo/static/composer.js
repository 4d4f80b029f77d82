// The message field: text, replies, edits, attachments.
import { isBegun } from "./commands.js";
import { h, popup } from "./dom.js";
import { chooseFile } from "./files.js";
import { nameOf, summary } from "./message.js";
import { T } from "./texts.js";

export class Composer {
  /** @param {HTMLElement} foot @param {string} id @param {{onSend: Function, onEditLast: Function, onAttach: Function}} on */
  constructor(foot, id, on) {
    this.form = foot.querySelector(".composer");
    this.input = foot.querySelector("textarea");
    this.context = foot.querySelector(".context");
    this.on = on;
    this.menu = null;
    this.drafts = new Map();
    this.input.id = `${id}-input`;
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.#submit(); });
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.input.addEventListener("input", () => this.#grow());
    this.context.querySelector("button").addEventListener("click", () => { this.#clear(); this.focus(); });
    this.#attachments(foot.querySelector(".attach"));
  }

  /** Show the field for a chat; each chat and person keeps its own unsent text. */
  show(chat, { closed, owner, title }) {
    this.closed = closed;
    if (this.form.hidden !== closed) {
      this.form.hidden = closed;
      this.#grow();
      if (!closed && this.awaited) this.focus();
    }
    if (closed) this.context.hidden = true;
    this.input.setAttribute("aria-label", T.messageTo(title));
    this.input.placeholder = chat.keyboard?.input_field_placeholder ?? T.message;
    if (owner !== this.owner) {
      this.drafts.set(this.owner, this.input.value);
      this.owner = owner;
      this.#clear(this.drafts.get(owner) ?? "");
      this.forced = null;
    }
    this.#forceReply(chat);
  }

  // A bot may ask for a reply to its message: the app opens it once, and the person may still close it.
  #forceReply(chat) {
    if (chat.force_reply === this.forced) return;
    this.forced = chat.force_reply;
    const message = chat.messages.find(({ message_id: id }) => id === chat.force_reply);
    if (message) this.replyTo(message, T.replyingTo(nameOf(message.from)), summary(message));
  }

  replyTo(message, title, text) {
    this.#setContext(title, text);
    this.replying = message.message_id;
    this.focus();
  }

  edit(message, title, text) {
    this.#setContext(title, text);
    this.editing = message.message_id;
    this.write(text);
    this.focus();
  }

  /** Put a text into the field. */
  write(text) {
    this.input.value = text;
    this.#grow();
  }

  /** Send a command from the menu: it takes the place of what was typed of it, and leaves another text alone. */
  sendCommand(text) {
    this.on.onSend({ text });
    if (isBegun(this.input.value)) this.#clear();
  }

  /** Put the focus into the field, as soon as it is there. */
  focus() {
    this.awaited = this.closed;
    this.input.focus({ preventScroll: true });
  }

  #setContext(title, text) {
    this.replying = this.editing = null;
    this.context.hidden = false;
    this.context.querySelector("strong").textContent = title;
    this.context.querySelector("span").textContent = text;
  }

  #clear(text = "") {
    this.replying = this.editing = null;
    this.context.hidden = true;
    this.write(text);
  }

  #submit() {
    const text = this.input.value.trim();
    if (!text) return;
    this.menu.close();
    this.on.onSend({ text, replyTo: this.replying ?? null, editing: this.editing ?? null });
    this.#clear();
    this.focus();
  }

  #key(event) {
    if (event.isComposing || this.menu.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); this.#submit(); }
    if (event.key === "Escape" && !this.context.hidden) this.#clear();
    if (event.key === "ArrowUp" && !this.input.value) { event.preventDefault(); this.on.onEditLast(); }
  }

  #grow() {
    this.form.classList.toggle("filled", Boolean(this.input.value.trim()));
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, 132)}px`;
  }

  #attachments(menu) {
    const choices = [
      [T.sendPhoto, async () => this.#attachFile("photo", "image/*")],
      [T.sendDocument, async () => this.#attachFile("document", "")],
      [T.sendSticker, () => this.on.onAttach("sticker")],
      [T.sendVoice, () => this.on.onAttach("voice")],
      [T.sendLocation, () => this.on.onAttach("location")],
    ];
    const list = menu.querySelector(".menu-items");
    list.append(...choices.map(([label, run]) => h("li", {}, h("button", { type: "button", onclick: run }, label))));
    popup(menu.querySelector(".menu-button"), list);
  }

  async #attachFile(kind, accept) {
    const file = await chooseFile(accept);
    if (file) this.on.onAttach(kind, file);
  }
}
