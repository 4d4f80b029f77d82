// The bot's command menu: the "/" button opens all of them, typing "/" completes.
import { announce, h } from "./dom.js";
import { T } from "./texts.js";

/** Whether a text is a command or its beginning, and nothing else. */
export const isBegun = (text) => /^\/[a-z0-9_]*$/.test(text);

export class CommandMenu {
  /** @param {HTMLElement} foot @param {{commands: () => object[], onChoose: (command: string) => void, onComplete: (command: string) => void}} options */
  constructor(foot, { commands, onChoose, onComplete }) {
    this.list = foot.querySelector(".commands");
    this.button = foot.querySelector(".slash");
    this.input = foot.querySelector("textarea");
    this.commands = commands;
    this.onChoose = onChoose;
    this.onComplete = onComplete;
    this.list.id = `${this.input.id}-commands`;
    this.input.setAttribute("aria-controls", this.list.id);
    this.button.addEventListener("click", () => { if (this.list.hidden) { this.open(""); this.input.focus(); } else this.close(); });
    this.input.addEventListener("input", () => this.complete());
    this.input.addEventListener("focusout", ({ relatedTarget }) => { if (relatedTarget && relatedTarget !== this.button) this.close(); });
    for (const part of [this.list, this.button]) part.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
    document.addEventListener("click", (event) => { if (!foot.contains(event.target)) this.close(); });
  }

  /** Show what fits the text being typed. */
  complete() {
    if (isBegun(this.input.value)) this.open(this.input.value.slice(1));
    else this.close();
  }

  open(prefix) {
    const fitting = this.commands().filter(({ command }) => command.startsWith(prefix));
    if (!fitting.length) { this.close(); return; }
    this.fitting = fitting.map(({ command }) => `/${command}`);
    this.list.replaceChildren(...fitting.map((item, index) => this.#option(item, index)));
    this.list.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    this.#select(0);
    announce(T.commandsFound(fitting.length));
  }

  close() {
    this.list.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  /** Handle a key pressed in the message field; true where it was the menu's. */
  key(event) {
    if (this.list.hidden) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.#select((this.at + step + this.fitting.length) % this.fitting.length);
    else if (event.key === "Enter") this.#leave(this.onChoose);
    else if (event.key === "Tab" && !event.shiftKey) this.#leave(this.onComplete);
    else if (event.key === "Escape") this.close();
    else {
      if (event.key === "Tab") this.close(); // and the focus goes back as it always does
      return false;
    }
    event.preventDefault();
    return true;
  }

  #leave(how) {
    this.close();
    how(this.fitting[this.at]);
  }

  #option({ command, description }, index) {
    const choose = () => { this.at = index; this.#leave(this.onChoose); };
    return h("li.command", { role: "option", id: `${this.list.id}-${index}`, onclick: choose },
      h("strong", {}, `/${command}`), h("span", {}, description));
  }

  #select(at) {
    this.at = at;
    [...this.list.children].forEach((option, index) => option.setAttribute("aria-selected", String(index === at)));
    this.list.children[at].scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", this.list.children[at].id);
  }
}
