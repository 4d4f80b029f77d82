// The demo's clock, which the visitor moves forward.
import { act, whyFailed } from "./api.js";
import { announce } from "./dom.js";
import { T } from "./texts.js";
import { clockTime, longDate, shortMoment } from "./time.js";

export class ClockPanel {
  constructor(store) {
    this.store = store;
    this.refusal = {}; // why the last step was refused, and what the clock was then: a moved clock takes it away
    this.skip = document.getElementById("skip");
    this.#button(this.skip, "clock/skip", {});
    this.#button(document.getElementById("hour"), "clock/advance", { hours: 1 });
    this.#button(document.getElementById("day"), "clock/advance", { hours: 24 });
    setInterval(() => this.tick(), 1000);
  }

  render() {
    const { next_due: due } = this.store.clock;
    const when = due && new Date(due);
    const ahead = when && when > this.store.now();
    // Not the disabled attribute: a keyboard user has to reach the explanation, and must not lose the focus.
    this.skip.setAttribute("aria-disabled", String(!ahead));
    const problem = this.refusal.clock === this.store.clock ? this.refusal.why : "";
    const note = document.getElementById("skip-note");
    note.textContent = problem || (ahead ? T.skipTo(shortMoment(when)) : when ? T.skipNow : T.skipNothing);
    note.classList.toggle("problem", Boolean(problem));
    document.getElementById("clock-zone").textContent = this.store.timeZone.replaceAll("_", " ");
    this.tick();
  }

  tick() {
    if (!this.store.clock.now) return;
    const now = this.store.now();
    const time = document.getElementById("clock-time");
    if (time.textContent === clockTime(now) && time.dateTime.slice(0, 10) === now.toISOString().slice(0, 10)) return;
    time.textContent = clockTime(now);
    time.dateTime = now.toISOString();
    document.getElementById("clock-date").textContent = longDate(now);
    document.getElementById("phone-time").textContent = clockTime(now);
  }

  #button(button, action, body) {
    button.addEventListener("click", async () => {
      if (button.getAttribute("aria-disabled") === "true") return;
      try {
        const { now } = await act(action, body);
        announce(shortMoment(new Date(now)));
      } catch (error) {
        this.#refused(whyFailed(error));
      }
    });
  }

  #refused(why) {
    this.refusal = { why, clock: this.store.clock };
    this.render();
    announce(why);
  }
}
