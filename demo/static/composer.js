// The message field: text, replies, edits, attachments.
import { isBegun } from "./commands.js";
import { h, popup } from "./dom.js";
import { chooseFile } from "./files.js";
import { nameOf, summary } from "./message.js";
import { T } from "./texts.js";

export class Composer {
  /** @param {HTMLElement} foot @param {string} id @param {{onSend: (message: object) => Promise<boolean>, onEditLast: Function, onAttach: Function}} on */
  constructor(foot, id, on) {
    this.form = foot.querySelector(".composer");
    this.input = foot.querySelector("textarea");
    this.context = foot.querySelector(".context");
    this.on = on;
    this.menu = null;
    this.about = null;
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
    this.input.setAttribute("aria-label", T.messageTo(title));
    this.input.placeholder = chat.keyboard?.input_field_placeholder ?? T.message;
    if (owner !== this.owner) {
      this.drafts.set(this.owner, this.#draft());
      this.owner = owner;
      this.#show(this.drafts.get(owner) ?? {});
    }
    this.#forceReply(chat);
    this.context.hidden = closed || !this.about;
  }

  // A bot may ask for a reply to its message: the app opens it once, and the person may still close it.
  #forceReply(chat) {
    if (chat.force_reply === this.forced) return;
    this.forced = chat.force_reply;
    const message = chat.messages.find(({ message_id: id }) => id === chat.force_reply);
    if (message) this.replyTo(message, T.replyingTo(nameOf(message.from)), summary(message));
  }

  replyTo(message, title, text) {
    this.#setContext({ replyTo: message.message_id, title, text });
    this.focus();
  }

  edit(message, title, text) {
    this.#setContext({ editing: message.message_id, title, text });
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
    if (isBegun(this.input.value)) this.#send({ text });
    else this.on.onSend({ text });
  }

  /** Put the focus into the field, as soon as it is there. */
  focus() {
    this.awaited = this.closed;
    this.input.focus({ preventScroll: true });
  }

  // What is being written: the text, the message that it is about, and the forced reply that was opened already.
  #draft() {
    return { text: this.input.value, about: this.about, forced: this.forced };
  }

  #show({ text = "", about = null, forced = null }) {
    this.forced = forced;
    this.#setContext(about);
    this.write(text);
  }

  #setContext(about) {
    this.about = about;
    this.context.hidden = !about;
    this.context.querySelector("strong").textContent = about?.title ?? "";
    this.context.querySelector("span").textContent = about?.text ?? "";
  }

  #clear() {
    this.#setContext(null);
    this.write("");
  }

  #submit() {
    const text = this.input.value.trim();
    if (!text) return;
    this.menu.close();
    this.#send({ text, replyTo: this.about?.replyTo, editing: this.about?.editing });
    this.focus();
  }

  async #send(message) {
    const { owner } = this;
    const draft = this.#draft();
    this.#clear();
    if (!await this.on.onSend(message)) this.#putBack(owner, draft);
  }

  // What could not be sent stands in the field again, before whatever was written there meanwhile.
  #putBack(owner, { text, about }) {
    const present = owner === this.owner ? this.#draft() : this.drafts.get(owner);
    const all = { ...present, text: [text, present.text].filter(Boolean).join("\n"), about: present.about ?? about };
    if (owner === this.owner) this.#show(all);
    else this.drafts.set(owner, all);
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
