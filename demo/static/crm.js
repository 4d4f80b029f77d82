// What the clinic's customer database was told: a list of calls, and each of them opened in the dialog.
import { ask } from "./dialog.js";
import { h, reconcile } from "./dom.js";
import { T } from "./texts.js";
import { shortMoment } from "./time.js";

export class CrmPanel {
  constructor(store) {
    this.store = store;
    this.list = document.getElementById("crm-list");
  }

  render() {
    const { calls } = this.store;
    document.getElementById("crm-empty").hidden = calls.length > 0;
    this.list.hidden = !calls.length;
    reconcile(this.list, calls.toReversed(), (call) => call.number, (call) => this.#row(call));
  }

  #row(call) {
    const open = (event) => {
      event.currentTarget.classList.remove("new");
      ask({ title: title(call), body: content(call), confirm: T.close, wide: true });
    };
    return h("li", {}, h("button.mail-row.new", { type: "button", onclick: open },
      h("strong", {}, title(call)), h("span", {}, subtitle(call)), h("time", {}, when(call))));
  }
}

const when = (call) => shortMoment(new Date(call.received));
const title = ({ content: { number, event } }) => (number && event ? T.callOf(number, event) : T.strangeCall);
const verdict = (call) => (call.refused ? T.refused(call.refused) : call.repeated ? T.repeated : T.believed);
const subtitle = (call) => [call.content.name, verdict(call)].filter(Boolean).join(" · ");

function content(call) {
  const facts = [[T.eventId, call.id], [T.received, when(call)], [T.verdict, verdict(call)]].filter(([, value]) => value);
  return [
    h("dl.mail-facts", {}, ...facts.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])),
    h("div.mail-text", {}, h("pre.code", { tabindex: "0", "aria-label": T.sent }, JSON.stringify(call.content, null, 2))),
  ];
}
