// The page's one modal dialog: alerts, confirmations, small forms, a photo in full size.
import { h } from "./dom.js";
import { T } from "./texts.js";

/**
 * Ask something. Resolves to the form's values as an object where it was confirmed, and to null where it was not.
 * @param {{title: string, body?: (Node|string)[], confirm?: string, cancel?: string, wide?: boolean}} question
 */
export function ask({ title, body = [], confirm = T.ok, cancel = "", wide = false }) {
  const dialog = document.getElementById("dialog");
  const form = dialog.querySelector("form");
  dialog.classList.toggle("wide", wide);
  dialog.querySelector("#dialog-title").textContent = title;
  dialog.querySelector(".dialog-body").replaceChildren(...body);
  const yes = h("button.button.button-main", { type: "submit", value: "yes" }, confirm);
  const no = cancel && h("button.button", { type: "button", onclick: () => dialog.close("") }, cancel);
  dialog.querySelector(".dialog-actions").replaceChildren(...[no, yes].filter(Boolean));
  if (dialog.open) dialog.close("");
  const before = document.activeElement;
  dialog.returnValue = "";
  dialog.showModal();
  (form.querySelector("input, select") ?? yes).focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      if (before?.isConnected) before.focus();
      resolve(dialog.returnValue === "yes" ? Object.fromEntries(new FormData(form)) : null);
    }, { once: true });
  });
}

/** A labelled form field. */
export function field(label, input) {
  return h("label.field", {}, h("span", {}, label), input);
}
