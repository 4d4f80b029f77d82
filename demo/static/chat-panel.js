// One chat on the page: head, messages, message field, keyboards. The client's phone and the staff's window both are one.
import { act, whyFailed } from "./api.js";
import { CommandMenu } from "./commands.js";
import { Composer } from "./composer.js";
import { ask } from "./dialog.js";
import { announce, h, initials, popup, tint } from "./dom.js";
import { nameOf, summary } from "./message.js";
import { MessageList } from "./message-list.js";
import { ReplyKeyboard } from "./reply-keyboard.js";
import { T } from "./texts.js";

export class ChatPanel {
  /**
   * @param {HTMLElement} host
   * @param {import("./store.js").Store} store
   * @param {{id: string, me: () => number, chat: () => object|undefined, enter?: () => void}} options who writes here,
   *   where, and how to get to that person's own chat with the bot
   */
  constructor(host, store, { id, me, chat, enter = () => {} }) {
    this.store = store;
    this.me = me;
    this.chat = chat;
    this.enter = enter;
    host.append(document.getElementById("chat-template").content.cloneNode(true));
    this.root = host.querySelector(".chat");
    const foot = this.root.querySelector(".foot");
    this.composer = new Composer(foot, id, { onSend: (text) => this.#send(text), onEditLast: () => this.#editLast(), onAttach: (kind, file = {}) => this.#do(kind, file) });
    this.keyboard = new ReplyKeyboard(foot, (key) => this.#pressReplyKey(key));
    this.commands = new CommandMenu(foot, {
      commands: () => this.chat()?.commands[this.me()] ?? [],
      onChoose: (command) => this.composer.sendCommand(this.#addressed(command)),
      onComplete: (command) => this.composer.write(`${this.#addressed(command)} `),
    });
    this.composer.menu = this.commands;
    this.list = new MessageList(this.root.querySelector(".wall"), () => this.composer.focus());
    this.spoken = this.root.querySelectorAll(".messages, .welcome, .commands, .reply-keyboard"); // the bot's words
    this.startButton = this.root.querySelector(".start");
    this.startButton.addEventListener("click", () => this.#start());
    popup(this.root.querySelector(".chat-head .menu-button"), this.root.querySelector(".chat-head .menu-items"));
  }

  render() {
    const chat = this.chat();
    this.root.hidden = !chat;
    if (!chat) return;
    for (const part of this.spoken) part.lang = chat.language || document.documentElement.lang;
    const person = this.store.people.get(this.me());
    const owner = `${chat.id}:${this.me()}`;
    if (owner !== this.owner) this.toast("");
    this.owner = owner;
    const pristine = chat.type === "private" && !chat.messages.length;
    this.#renderHead(chat, person);
    this.#renderWelcome(chat, pristine);
    this.list.show(chat, this.#view(chat));
    this.keyboard.show(person?.blocked ? null : chat.keyboard, owner);
    this.composer.show(chat, { closed: pristine || (chat.type === "private" && person?.blocked), owner, title: this.#title(chat) });
    this.startButton.hidden = !this.composer.closed;
    this.startButton.textContent = pristine ? T.start : T.restartBot;
    this.root.querySelector(".slash").hidden = !(chat.commands[this.me()] ?? []).length;
  }

  /** Show a note for a moment, and say it; an empty one takes it away. */
  toast(text) {
    const toast = this.root.querySelector(".toast");
    toast.textContent = text;
    toast.classList.toggle("shown", Boolean(text));
    clearTimeout(this.toastTimer);
    if (!text) return;
    announce(text);
    this.toastTimer = setTimeout(() => this.toast(""), 4500);
  }

  #title(chat) {
    return chat.type === "private" ? chat.bot_name : chat.title;
  }

  #renderHead(chat, person) {
    const title = this.#title(chat);
    const avatar = this.root.querySelector(".chat-head .avatar");
    avatar.textContent = initials(title);
    avatar.dataset.tint = chat.type === "private" ? "bot" : tint(chat.id);
    this.root.querySelector(".chat-title h3").textContent = title;
    const action = this.store.action(chat.id);
    const subtitle = this.root.querySelector(".chat-title p");
    subtitle.textContent = action ? T.typing[action] ?? T.typing.typing : chat.type === "private" ? chat.short_description || T.bot : T.members(chat.member_count);
    subtitle.classList.toggle("doing", Boolean(action));
    const blockable = chat.type === "private" && chat.messages.length > 0;
    const items = [
      this.#lastOwn(chat) && [T.editLast, () => this.#editLast()],
      blockable && (person?.blocked ? [T.unblock, () => this.#do("unblock")] : [T.block, () => this.#do("block")]),
    ].filter(Boolean);
    const menu = this.root.querySelector(".chat-head .menu");
    menu.hidden = !items.length;
    const signature = JSON.stringify(items.map(([label]) => label));
    if (menu.dataset.items === signature) return;
    menu.dataset.items = signature;
    this.menuActions = items.map(([, run]) => run);
    menu.querySelector(".menu-items").replaceChildren(...items.map(([label], index) =>
      h("li", {}, h("button", { type: "button", onclick: () => this.menuActions[index]() }, label))));
  }

  #renderWelcome(chat, pristine) {
    const welcome = this.root.querySelector(".welcome");
    const quiet = !pristine && !chat.messages.length;
    welcome.hidden = !pristine && !quiet;
    if (welcome.hidden) return;
    welcome.replaceChildren(...this.#welcome(chat, quiet));
  }

  #welcome(chat, quiet) {
    const person = this.store.people.get(this.me());
    if (quiet) return [h("p", {}, T.noMessages)];
    if (person?.staff) return [h("p", {}, T.noPrivate(person.first_name))];
    return [h("strong", {}, T.whatCan), h("p", {}, chat.description || chat.short_description || T.bot)];
  }

  #view(chat) {
    const key = (message) => `${this.me()}:${chat.id}:${message.message_id}:`;
    return {
      me: this.me(),
      group: chat.type !== "private",
      pendingOf: (message) => new Set([...this.store.pending].filter((name) => name.startsWith(key(message))).map((name) => name.slice(key(message).length))),
      onPress: (message, data) => this.#press(message, data),
      onReply: chat.type === "private" ? null : (message) => this.composer.replyTo(message, T.replyingTo(nameOf(message.from)), summary(message)),
      onCommand: (command) => this.#say(command),
    };
  }

  // In a group a command is addressed to the bot, as Telegram's menu does.
  #addressed(command) {
    return this.chat().type === "private" ? command : `${command}@${this.store.bot.username}`;
  }

  #lastOwn(chat) {
    return chat.messages.findLast((message) => message.from?.id === this.me() && message.text);
  }

  #editLast() {
    const message = this.#lastOwn(this.chat());
    if (message) this.composer.edit(message, T.editing, message.text);
  }

  async #start() {
    if (this.store.people.get(this.me())?.blocked) await this.#do("unblock");
    await this.#say("/start");
    this.composer.focus();
  }

  /** Send what was written; resolves to whether it was sent. */
  async #send({ text, replyTo, editing }) {
    return Boolean(await (editing ? this.#do("edit", { message: editing, text }) : this.#say(text, replyTo)));
  }

  #say(text, replyTo = null) {
    this.list.scrollToEnd();
    return this.#do("say", { text, reply_to: replyTo });
  }

  async #press(message, data) {
    const chat = this.chat();
    const key = `${this.me()}:${chat.id}:${message.message_id}:${data}`;
    if (this.store.pending.has(key)) return;
    this.store.setPending(key, true, chat.id);
    const result = await this.#do("press", { message: message.message_id, data });
    this.store.setPending(key, false, chat.id);
    if (result) this.#showAnswer(result.answer);
  }

  #showAnswer(answer) {
    if (answer === null) this.toast(T.noAnswer);
    else if (answer.text && answer.show_alert) ask({ title: this.store.bot.first_name, body: [h("p.alert-text", {}, answer.text)] });
    else if (answer.text) this.toast(answer.text);
    const payload = this.#startPayload(answer?.url);
    if (payload) this.#startWith(payload);
    else if (answer?.url) ask({ title: T.linkTitle, body: [answer.url], confirm: T.linkOpen, cancel: T.cancel })
      .then((yes) => yes && window.open(answer.url, "_blank", "noopener"));
  }

  /** What a deep link to the bot itself starts it with; empty for any other address. */
  #startPayload(url) {
    const link = `https://t.me/${this.store.bot.username}?start=`;
    return url?.startsWith(link) ? decodeURIComponent(url.slice(link.length)) : "";
  }

  // Telegram's apps open the person's own chat with the bot and send the payload with /start.
  #startWith(payload) {
    this.enter();
    return this.#do("say", { chat: this.me(), text: `/start ${payload}` });
  }

  #pressReplyKey(key) {
    if (key.request_contact) return this.#shareContact(key);
    if (key.request_location) return this.#do("location");
    return this.#do("tap", { text: key.text });
  }

  async #shareContact(key) {
    const { phone } = this.store.people.get(this.me());
    const body = [h("p", {}, T.shareBody(this.#title(this.chat()), phone))];
    if (await ask({ title: T.shareTitle, body, confirm: T.shareYes, cancel: T.cancel })) await this.#do("tap", { text: key.text });
  }

  /** Act as this person in this chat; a refusal is shown, not thrown. */
  async #do(action, body = {}) {
    try {
      return await act(action, { person: this.me(), chat: this.chat().id, ...body });
    } catch (error) {
      this.toast(whyFailed(error));
      return undefined;
    }
  }
}
