// Who is on the page: the clients' tabs, the dialog for a new one, and the staff's two switches.
import { act } from "./api.js";
import { ask, field } from "./dialog.js";
import { h, initials, reconcile, tint } from "./dom.js";
import { nameOf } from "./message.js";
import { LANGUAGES, T } from "./texts.js";

/** The clients' tabs. @param {HTMLElement} list @param {object} store @param {{current: number, choose: (id: number) => void}} view */
export function renderClients(list, store, { current, choose }) {
  reconcile(list, store.clients(), (person) => person.id, (person) => {
    const row = h("li", {}, h("button.chip", { type: "button", title: nameOf(person), onclick: () => choose(person.id) },
      h("span.avatar.small", { "aria-hidden": "true", data: { tint: tint(person.id) } }, initials(nameOf(person))),
      h("span.chip-name", {}, person.first_name), h("span.language", {}, person.language_code ?? ""), h("span.badge", { hidden: true })));
    updateClient(row, person, store, current);
    return row;
  }, (row, person) => updateClient(row, person, store, current));
}

function updateClient(row, person, store, current) {
  const isCurrent = String(person.id === current);
  const chip = row.firstChild;
  if (isCurrent === "true" && chip.getAttribute("aria-current") !== isCurrent) requestAnimationFrame(() => row.scrollIntoView({ block: "nearest", inline: "nearest" }));
  chip.setAttribute("aria-current", isCurrent);
  setBadge(row.querySelector(".badge"), store.unread.get(person.id));
}

export function setBadge(badge, count = 0) {
  badge.hidden = !count;
  badge.textContent = count || "";
  if (count) badge.setAttribute("aria-label", T.unread(count));
}

/** A row of buttons of which one is pressed. @param {{id: number, label: string, title?: string, unread?: number}[]} choices */
export function renderSegments(group, choices, current, choose) {
  reconcile(group, choices, (choice) => choice.id, (choice) => {
    const button = h("button", { type: "button", onclick: () => choose(choice.id) }, h("span", {}), h("span.badge", { hidden: true }));
    updateSegment(button, choice, current);
    return button;
  }, (button, choice) => updateSegment(button, choice, current));
}

function updateSegment(button, choice, current) {
  button.firstChild.textContent = choice.label;
  button.setAttribute("aria-label", [choice.title ?? choice.label, choice.unread && T.unread(choice.unread)].filter(Boolean).join(", "));
  button.setAttribute("aria-pressed", String(choice.id === current));
  setBadge(button.lastChild, choice.unread);
}

/** Ask for a new client. Resolves to the new person's id, or to null. */
export async function newClient() {
  const client = await ask({
    title: T.newTitle,
    body: [
      h("p", {}, T.newBody),
      field(T.newName, h("input", { name: "name", required: true, maxlength: 64, autocomplete: "off" })),
      field(T.newLanguage, h("select", { name: "language" }, ...LANGUAGES.map(([code, name]) => h("option", { value: code }, name)))),
      field(T.newPhone, h("input", { name: "phone", type: "tel", maxlength: 32, placeholder: "+49 151 23456789", autocomplete: "off" })),
    ],
    confirm: T.newCreate,
    cancel: T.cancel,
    attempt: (person) => act("client", person),
  });
  return client && client.id;
}
