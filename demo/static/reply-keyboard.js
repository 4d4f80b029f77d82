// The keyboard that a bot puts below the message field.
import { h } from "./dom.js";

export class ReplyKeyboard {
  /** @param {HTMLElement} foot @param {(key: object) => void} onPress */
  constructor(foot, onPress) {
    this.element = foot.querySelector(".reply-keyboard");
    this.toggle = foot.querySelector(".keyboard-toggle");
    this.input = foot.querySelector("textarea");
    this.onPress = onPress;
    this.signature = "";
    this.toggle.addEventListener("click", () => this.#fold(!this.element.hidden));
  }

  /** Show the keyboard of a chat, or none. @param {object|null} keyboard Telegram's ReplyKeyboardMarkup */
  show(keyboard, chatId) {
    const rows = keyboard?.keyboard ?? [];
    const signature = JSON.stringify([chatId, rows]);
    if (signature === this.signature) return;
    this.signature = signature;
    const focused = this.element.contains(document.activeElement);
    this.element.replaceChildren(...rows.map((row) => h("div.keys", {}, ...row.map((key) => this.#key(key)))));
    this.toggle.hidden = rows.length === 0;
    this.#fold(rows.length === 0);
    if (focused) (this.element.querySelector("button") ?? this.input).focus();
  }

  #key(key) {
    const { text = key, style } = typeof key === "string" ? {} : key;
    return h("button.key", { type: "button", data: style ? { style } : {}, onclick: () => this.onPress({ ...key, text }) }, h("span", {}, text));
  }

  #fold(folded) {
    this.element.hidden = folded;
    this.toggle.setAttribute("aria-expanded", String(!folded));
  }
}
