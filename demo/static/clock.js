// The demo's clock, which the visitor moves forward.
import { act } from "./api.js";
import { announce } from "./dom.js";
import { T } from "./texts.js";
import { clockTime, longDate, shortMoment } from "./time.js";

export class ClockPanel {
  constructor(store) {
    this.store = store;
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
    document.getElementById("skip-note").textContent = ahead ? T.skipTo(shortMoment(when)) : when ? T.skipNow : T.skipNothing;
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
      const { now } = await act(action, body).catch(() => ({}));
      announce(now ? shortMoment(new Date(now)) : T.failed);
    });
  }
}
