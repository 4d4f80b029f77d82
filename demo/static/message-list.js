// The messages of one chat: new ones enter, edited ones change in place, deleted ones leave; focus and scroll stay.
import { h, reconcile } from "./dom.js";
import { messageContent } from "./message.js";
import { dayKey, dayLine } from "./time.js";

const NEAR_END = 80; // pixels from the end that still count as "reading the newest"

export class MessageList {
  /** @param {HTMLElement} wall @param {() => void} focusElsewhere where the focus goes when its message vanishes */
  constructor(wall, focusElsewhere) {
    this.list = wall.querySelector(".messages");
    this.toEnd = wall.querySelector(".to-end");
    this.focusElsewhere = focusElsewhere;
    this.chatId = null;
    this.missed = 0;
    this.toEnd.addEventListener("click", () => this.scrollToEnd());
    this.list.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    new ResizeObserver(() => this.follow && this.scrollToEnd()).observe(this.list);
    this.list.addEventListener("load", () => this.follow && this.scrollToEnd(), true); // pictures grow the list
  }

  /** Show these messages. @param {object} chat @param {object} view see messageContent */
  show(chat, view) {
    const sameChat = this.chatId === `${chat.id}:${view.me}`;
    this.chatId = `${chat.id}:${view.me}`;
    if (!sameChat) this.list.replaceChildren();
    const before = this.list.children.length;
    const follow = !sameChat || this.follow;
    const held = this.#heldFocus();
    reconcile(this.list, withDays(chat.messages), (item) => item.key,
      (item) => this.#create(item, view, sameChat),
      (element, item) => this.#update(element, item, view));
    this.#returnFocus(held);
    if (follow) this.scrollToEnd();
    else this.#countMissed(Math.max(0, this.list.children.length - before));
  }

  scrollToEnd() {
    this.list.scrollTop = this.list.scrollHeight;
    this.layout = this.#layout();
    this.#countMissed(0);
  }

  // A scroll event may also come from a layout that changed meanwhile (a keyboard opened): then the end is followed.
  #scrolled() {
    if (this.follow && this.layout !== this.#layout()) this.scrollToEnd();
    else this.#countMissed(0);
  }

  #layout() {
    return `${this.list.clientHeight} ${this.list.scrollHeight}`;
  }

  #atEnd() {
    return this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < NEAR_END;
  }

  #countMissed(more) {
    this.follow = this.#atEnd();
    this.missed = this.follow ? 0 : this.missed + more;
    this.toEnd.hidden = this.follow;
    this.toEnd.querySelector("span").textContent = this.missed || "";
  }

  #create(item, view, arriving) {
    if (item.day) return h("li.day", {}, h("span", {}, item.day));
    const element = h("li.message", { tabindex: "-1", data: { message: item.message.message_id } });
    if (arriving) element.classList.add("arriving");
    this.#update(element, item, view);
    return element;
  }

  // What a message looks like is a function of this signature: unchanged messages keep their elements untouched.
  #update(element, item, view) {
    if (item.day) return;
    const waiting = [...view.pendingOf(item.message)].join(" ");
    const signature = JSON.stringify([item.message, waiting, view.me, Boolean(view.onReply)]);
    if (element.signature === signature) return;
    element.signature = signature;
    element.classList.toggle("own", item.message.from?.id === view.me);
    const pending = (data) => view.pendingOf(item.message).has(data);
    element.replaceChildren(...messageContent(item.message, { ...view, pending }));
  }

  #heldFocus() {
    const focused = document.activeElement;
    const element = focused?.closest?.(".message");
    if (!element || !this.list.contains(element)) return null;
    const keys = [...element.querySelectorAll(".key")];
    return { element, focused, data: focused.dataset.callback, at: keys.indexOf(focused) };
  }

  // The button with the same data, or the one at the same place, or the message itself keeps the focus.
  #returnFocus(held) {
    if (!held || held.focused.isConnected) return;
    if (!held.element.isConnected) { this.focusElsewhere(); return; }
    const keys = [...held.element.querySelectorAll(".key")];
    const same = held.data && keys.find((key) => key.dataset.callback === held.data);
    const target = same || (held.at >= 0 && keys[Math.min(held.at, keys.length - 1)]) || held.element;
    target.focus({ preventScroll: true });
  }
}

function* withDays(messages) {
  let day = null;
  for (const message of messages) {
    const key = dayKey(message.date);
    if (key !== day) yield { key: `day-${key}`, day: dayLine(message.date) };
    day = key;
    yield { key: message.message_id, message };
  }
}
