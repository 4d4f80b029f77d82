// What this window knows: the server's snapshot, kept up to date by its changes. The panels read it and listen to it.
import { useZone } from "./time.js";

export class Store extends EventTarget {
  run = ""; // which start of the demo this is about
  bot = {};
  clinic = "";
  timeZone = "UTC";
  staffChat = 0;
  clock = { now: null, next_due: null };
  people = new Map();
  chats = new Map();
  mails = [];
  calls = []; // what the customer database received
  actions = new Map(); // chat id → {action, until}: what the bot is doing, for five seconds as in Telegram
  pending = new Set(); // pressed buttons that wait for their answer
  unread = new Map();
  shown = () => false; // set by the page: is this chat before the visitor's eyes?

  load(snapshot) {
    const { people, chats, clock, time_zone: timeZone, staff_chat: staffChat, ...rest } = snapshot;
    Object.assign(this, rest, { timeZone, staffChat });
    useZone(timeZone);
    this.people = new Map(people.map((person) => [person.id, person]));
    const before = this.chats;
    this.chats = new Map(chats.map((chat) => [chat.id, chat]));
    this.actions.clear();
    this.#setClock(clock);
    for (const chat of chats) this.#catchUp(chat, before.get(chat.id));
    this.#tell("all");
  }

  apply(change) {
    const chat = this.chats.get(change.chat_id);
    switch (change.kind) {
      case "message":
        if (!chat) return;
        Object.assign(chat, change.chat);
        this.#putMessage(chat, change.message);
        break;
      case "deleted":
        if (!chat) return;
        Object.assign(chat, change.chat);
        chat.messages = chat.messages.filter((message) => message.message_id !== change.message_id);
        break;
      case "chat":
        this.chats.set(change.chat.id, { messages: [], ...this.chats.get(change.chat.id), ...change.chat });
        this.#tell("chat", change.chat.id);
        return;
      case "action": this.#setAction(change); break;
      case "person": this.people.set(change.person.id, change.person); this.#tell("people"); return;
      case "settings": Object.assign(this, { bot: change.bot, staffChat: change.staff_chat }); this.#tell("all"); return;
      case "mails": this.mails = change.mails; this.#tell("mails"); return;
      case "calls": this.calls = change.calls; this.#tell("calls"); return;
      case "clock": this.#setClock(change.clock); this.#tell("clock"); return;
      default: return;
    }
    if (chat) this.#tell("chat", chat.id);
  }

  /** The demo's present moment, ticking with this computer's clock. */
  now() {
    return new Date(Date.now() + this.clockOffset);
  }

  /** People who are not the clinic's staff, in the order in which they came. */
  clients() {
    return [...this.people.values()].filter((person) => !person.staff);
  }

  staff() {
    return [...this.people.values()].filter((person) => person.staff);
  }

  /** What the bot is doing in a chat right now, or an empty text. */
  action(chatId) {
    const action = this.actions.get(chatId);
    return action && action.until > Date.now() ? action.action : "";
  }

  setPending(key, pending, chatId) {
    if (pending) this.pending.add(key);
    else this.pending.delete(key);
    this.#tell("chat", chatId);
  }

  markRead(chatId) {
    if (this.unread.delete(chatId)) this.#tell("unread");
  }

  #putMessage(chat, message) {
    const at = chat.messages.findIndex((known) => known.message_id === message.message_id);
    const known = chat.messages[at];
    if (known) chat.messages[at] = message;
    else {
      chat.messages.push(message);
      chat.messages.sort((a, b) => a.message_id - b.message_id);
    }
    this.#heard(chat, message, known);
  }

  // What came while the stream was down arrives now. A chat that is new to this window has nothing to catch up with.
  #catchUp(chat, before) {
    if (!before) return;
    const known = new Map(before.messages.map((message) => [message.message_id, message]));
    for (const message of chat.messages) this.#heard(chat, message, known.get(message.message_id));
  }

  // The bot has said something, or has edited what was known: counted where it is not before the visitor's eyes.
  #heard(chat, message, known) {
    if (message.from?.id !== this.bot.id || JSON.stringify(message) === JSON.stringify(known)) return;
    this.actions.delete(chat.id);
    this.dispatchEvent(new CustomEvent("arrival", { detail: { chat, message, edited: Boolean(known) } }));
    if (!known && !this.shown(chat.id)) {
      this.unread.set(chat.id, (this.unread.get(chat.id) ?? 0) + 1);
      this.#tell("unread");
    }
  }

  #setAction({ chat_id: chatId, action }) {
    this.actions.set(chatId, { action, until: Date.now() + 5000 });
    setTimeout(() => this.#tell("chat", chatId), 5050);
  }

  #setClock(clock) {
    this.clock = clock;
    this.clockOffset = new Date(clock.now).getTime() - Date.now();
  }

  #tell(what, chatId = null) {
    this.dispatchEvent(new CustomEvent("change", { detail: { what, chatId } }));
  }
}
