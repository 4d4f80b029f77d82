// Small helpers around the DOM. Text always enters as text nodes, never as markup.

/** Make an element: h("a.button", {href, onclick, "aria-label": …}, ...children). False, null and "" children are left out. */
export function h(selector, attributes = {}, ...children) {
  const [tag, ...classes] = selector.split(".");
  const element = document.createElement(tag || "div");
  if (classes.length) element.className = classes.join(" ");
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
  return element;
}

function setAttribute(element, name, value) {
  if (value === undefined || value === null || value === false) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (name === "data") Object.assign(element.dataset, value);
  else element.setAttribute(name, value === true ? "" : value);
}

/** A line drawing of 24 by 24 units. */
export function icon(path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

export const ICONS = {
  file: "M14 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8zM14 3v5h5M9 13h6M9 17h4",
  reply: "M10 6 4 12l6 6M4 12h10a6 6 0 0 1 6 6",
  outside: "M8 16 17 7M9.500 7H17v7.500",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4.500 20.500c0-4 3.500-6 7.500-6s7.500 2 7.500 6",
  voice: "M12 15a3 3 0 0 0 3-3V6a3 3 0 0 0-6 0v6a3 3 0 0 0 3 3M6 11.500a6 6 0 0 0 12 0M12 17.500V21",
  place: "M12 21s7-6 7-11.500a7 7 0 0 0-14 0C5 15 12 21 12 21M12 12a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5",
  back: "M14.500 5.500 8 12l6.500 6.500",
};

/** Replace the children of an element only where they differ, by key, so that focus, scroll and loaded pictures stay. */
export function reconcile(parent, items, key, create, update = () => {}) {
  const existing = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  let previous = null;
  for (const item of items) {
    const name = String(key(item));
    let element = existing.get(name);
    existing.delete(name);
    if (element) update(element, item);
    else {
      element = create(item);
      element.dataset.key = name;
    }
    const place = previous ? previous.nextSibling : parent.firstChild;
    if (element !== place) parent.insertBefore(element, place);
    previous = element;
  }
  for (const element of existing.values()) element.remove();
}

/** Two letters for an avatar, and one of six tints that a name always gets. */
export function initials(name) {
  const words = name.trim().split(/\s+/);
  return [words[0], words.length > 1 ? words.at(-1) : ""].map((word) => [...word][0] ?? "").join("").toUpperCase();
}

export const tint = (id) => `tint-${Math.abs(Number(id)) % 6}`;

export function fileSize(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} KB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** Open and close a button's popup: Escape, a click or the focus elsewhere and choosing close it; arrows move inside. */
export function popup(button, list) {
  const items = () => [...list.querySelectorAll("button:not([disabled])")];
  const show = (open) => {
    list.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    if (open) items()[0]?.focus();
  };
  button.addEventListener("click", () => { show(list.hidden); if (list.hidden) button.focus(); });
  // Not every browser gives a pressed button the focus: it stays where it is, so that the popup stays for the click.
  list.parentElement.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", () => { show(false); if (list.contains(document.activeElement)) button.focus(); });
  document.addEventListener("click", (event) => {
    if (!list.hidden && !list.contains(event.target) && !button.contains(event.target)) show(false);
  });
  list.parentElement.addEventListener("focusout", ({ relatedTarget }) => {
    if (!list.hidden && relatedTarget && !list.parentElement.contains(relatedTarget)) show(false);
  });
  list.parentElement.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const at = items().indexOf(document.activeElement);
    if (event.key === "Escape") { show(false); button.focus(); event.stopPropagation(); }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      items().at((at + step) % items().length)?.focus();
    }
  });
}

/** Say something to a screen reader without moving the focus; `lang` where it is in another language than the page. */
export function announce(text, lang = "") {
  const line = document.createElement("p");
  if (lang) line.lang = lang;
  line.textContent = text;
  const announcer = document.getElementById("announcer");
  announcer.append(line);
  while (announcer.children.length > 5) announcer.firstChild.remove();
}
