// The page's one modal dialog: alerts, confirmations, small forms, a photo in full size.
import { whyFailed } from "./api.js";
import { h } from "./dom.js";
import { T } from "./texts.js";

let end = () => {}; // ends the question that is being asked, if any: end(answer)

/**
 * Ask something. Resolves to the form's values as an object where it was confirmed, and to null where it was not.
 * With `attempt`, an action that takes the values, it resolves to what that returns; where it is refused, the dialog
 * says why and stays as it was filled in.
 * @param {{title: string, body?: (Node|string)[], confirm?: string, cancel?: string, wide?: boolean, attempt?: (values: object) => Promise<object>}} question
 */
export function ask({ title, body = [], confirm = T.ok, cancel = "", wide = false, attempt = async (values) => values }) {
  end(null);
  const dialog = document.getElementById("dialog");
  const form = dialog.querySelector("form");
  dialog.classList.toggle("wide", wide);
  dialog.querySelector("#dialog-title").textContent = title;
  dialog.querySelector(".dialog-body").replaceChildren(...body);
  const problem = dialog.querySelector(".dialog-problem");
  problem.textContent = "";
  const yes = h("button.button.button-main", { type: "submit" }, confirm);
  const no = cancel && h("button.button", { type: "button", onclick: () => end(null) }, cancel);
  dialog.querySelector(".dialog-actions").replaceChildren(...[no, yes].filter(Boolean));
  const before = document.activeElement;
  dialog.showModal();
  (form.querySelector("input, select") ?? yes).focus();
  return new Promise((resolve) => {
    const endThis = (answer) => {
      if (end !== endThis) return; // another question is being asked by now
      end = () => {};
      dialog.close();
      if (before?.isConnected) before.focus();
      resolve(answer);
    };
    end = endThis;
    dialog.onclose = () => { if (!dialog.open) end(null); }; // Escape; a late word of an earlier question finds it open
    form.onsubmit = async (event) => {
      event.preventDefault();
      if (yes.getAttribute("aria-busy")) return;
      yes.setAttribute("aria-busy", "true");
      try {
        endThis(await attempt(Object.fromEntries(new FormData(form))));
      } catch (error) {
        if (end === endThis) problem.textContent = whyFailed(error);
      }
      yes.removeAttribute("aria-busy");
    };
  });
}

/** A labelled form field. */
export function field(label, input) {
  return h("label.field", {}, h("span", {}, label), input);
}
