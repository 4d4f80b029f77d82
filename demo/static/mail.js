// The clinic's mailbox: a list, and each mail opened in the dialog.
import { ask } from "./dialog.js";
import { fileSize, h, icon, ICONS, reconcile } from "./dom.js";
import { T } from "./texts.js";
import { shortMoment } from "./time.js";

const when = (mail) => (mail.date ? shortMoment(new Date(mail.date)) : "");

export class MailPanel {
  constructor(store) {
    this.store = store;
    this.list = document.getElementById("mail-list");
  }

  render() {
    const { mails } = this.store;
    document.getElementById("mail-empty").hidden = mails.length > 0;
    this.list.hidden = !mails.length;
    reconcile(this.list, mails.toReversed(), (mail) => mail.number, (mail) => this.#row(mail));
  }

  #row(mail) {
    const open = (event) => {
      event.currentTarget.classList.remove("new");
      ask({ title: mail.subject || T.noSubject, body: mailContent(mail), confirm: T.close, wide: true });
    };
    return h("li", {}, h("button.mail-row.new", { type: "button", onclick: open },
      h("strong", {}, mail.subject || T.noSubject), h("span", {}, mail.to), h("time", {}, when(mail))));
  }
}

function mailContent(mail) {
  const body = h("div.mail-text", {}, part(mail, mail.html ? "html" : "text"));
  const facts = [[T.from, mail.sender], [T.to, mail.to], [T.date, when(mail)]].filter(([, value]) => value);
  return [
    h("dl.mail-facts", {}, ...facts.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])),
    mail.html && mail.text && choice((kind) => body.replaceChildren(part(mail, kind))),
    body,
    ...mail.attachments.map((file) => attachment(mail, file)),
  ].filter(Boolean);
}

// The frame is another origin without any rights: a mail may look as it likes and do nothing.
function part(mail, kind) {
  return kind === "html"
    ? h("iframe", { sandbox: "", src: `/demo/mail/${mail.number}/html`, title: T.mailHtml })
    : h("pre", { tabindex: "0" }, mail.text);
}

function choice(show) {
  const choose = (event, kind) => {
    for (const button of event.currentTarget.parentElement.children) button.setAttribute("aria-pressed", String(button === event.currentTarget));
    show(kind);
  };
  return h("div.segments", { role: "group" },
    h("button", { type: "button", "aria-pressed": "true", onclick: (event) => choose(event, "html") }, T.asHtml),
    h("button", { type: "button", "aria-pressed": "false", onclick: (event) => choose(event, "text") }, T.asText));
}

function attachment(mail, file) {
  return h("a.document", { href: `/demo/mail/${mail.number}/attachment/${file.index}`, download: file.name },
    h("span.document-icon", {}, icon(ICONS.file)),
    h("span.document-name", {}, h("strong", {}, file.name), h("span", {}, fileSize(file.size))));
}
