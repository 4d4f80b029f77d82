// The bot's command menu: the "/" button opens all of them, typing "/" completes.
import { announce, h } from "./dom.js";
import { T } from "./texts.js";

export class CommandMenu {
  /** @param {HTMLElement} foot @param {{commands: () => object[], onChoose: (command: string) => void}} options */
  constructor(foot, { commands, onChoose }) {
    this.list = foot.querySelector(".commands");
    this.button = foot.querySelector(".slash");
    this.input = foot.querySelector("textarea");
    this.commands = commands;
    this.onChoose = onChoose;
    this.list.id = `${this.input.id}-commands`;
    this.input.setAttribute("aria-controls", this.list.id);
    this.button.addEventListener("click", () => { if (this.list.hidden) { this.open(""); this.input.focus(); } else this.close(); });
    this.input.addEventListener("input", () => this.complete());
    document.addEventListener("click", (event) => { if (!foot.contains(event.target)) this.close(); });
  }

  /** Show what fits the text being typed. */
  complete() {
    const typed = this.input.value;
    if (/^\/[a-z0-9_]*$/.test(typed)) this.open(typed.slice(1));
    else this.close();
  }

  open(prefix) {
    const fitting = this.commands().filter(({ command }) => command.startsWith(prefix));
    if (!fitting.length) { this.close(); return; }
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
    if (step) this.#select((this.at + step + this.list.children.length) % this.list.children.length);
    else if (event.key === "Enter" || event.key === "Tab") this.list.children[this.at].click();
    else if (event.key === "Escape") this.close();
    else return false;
    event.preventDefault();
    return true;
  }

  #option({ command, description }, index) {
    const choose = () => { this.close(); this.onChoose(`/${command}`); };
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
