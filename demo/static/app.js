// The page's beginning: one store, its panels, and what the visitor is looking at.
import { connect } from "./api.js";
import { ChatPanel } from "./chat-panel.js";
import { ClockPanel } from "./clock.js";
import { CrmPanel } from "./crm.js";
import { announce } from "./dom.js";
import { MailPanel } from "./mail.js";
import { nameOf, summary } from "./message.js";
import { newClient, renderClients, renderSegments, setBadge } from "./people.js";
import { Store } from "./store.js";
import { T } from "./texts.js";

const GROUP = 0; // the staff's room that is not a member's own chat
const MEMBERS_OWN = 1;
const byId = (id) => document.getElementById(id);
const store = new Store();
const narrow = matchMedia("(max-width: 959px)");
const looking = { client: null, member: null, room: GROUP, newcomer: null, tray: "mails", seen: { mails: null, calls: null } };

const clientPanel = new ChatPanel(byId("client-chat"), store, {
  id: "client", me: () => looking.client, chat: () => store.chats.get(looking.client),
});
const staffPanel = new ChatPanel(byId("staff-chat"), store, {
  id: "staff", me: () => looking.member, chat: () => store.chats.get(staffChat()), enter: () => { looking.room = MEMBERS_OWN; show(); },
});
const mailPanel = new MailPanel(store);
const crmPanel = new CrmPanel(store);
const clockPanel = new ClockPanel(store);

const staffChat = () => (looking.room === GROUP ? store.staffChat : looking.member);
const onView = (view) => !narrow.matches || document.body.dataset.view === view;
store.shown = (chatId) => (chatId === looking.client && onView("client")) || (chatId === staffChat() && onView("staff"));

function render() {
  const clients = store.clients();
  const staff = store.staff();
  if (store.people.has(looking.newcomer)) {
    looking.client = looking.newcomer;
    looking.newcomer = null;
  }
  if (!clients.some(({ id }) => id === looking.client)) looking.client = clients[0]?.id ?? null;
  if (!staff.some(({ id }) => id === looking.member)) looking.member = staff[0]?.id ?? null;
  byId("clinic-name").textContent = store.clinic;
  renderPeople();
  clientPanel.render();
  staffPanel.render();
  mailPanel.render();
  crmPanel.render();
  clockPanel.render();
}

function renderPeople() {
  renderClients(byId("clients"), store, { current: looking.client, choose: chooseClient });
  const member = store.people.get(looking.member);
  const staff = store.staff().map((person) => ({ id: person.id, label: person.first_name, title: T.actingAs(nameOf(person)), unread: person.id === looking.member ? 0 : store.unread.get(person.id) }));
  renderSegments(byId("staff-members"), staff, looking.member, (id) => { looking.member = id; show(); });
  const rooms = [{ id: GROUP, label: T.group, unread: store.unread.get(store.staffChat) }];
  if (member) rooms.push({ id: MEMBERS_OWN, label: T.privateOf(member.first_name), unread: store.unread.get(member.id) });
  renderSegments(byId("staff-rooms"), rooms, looking.room, (room) => { looking.room = room; show(); });
  renderTabs();
}

function renderTabs() {
  const sum = (ids) => ids.reduce((total, id) => total + (store.unread.get(id) ?? 0), 0);
  const news = renderTrays();
  const unread = {
    client: sum(store.clients().map(({ id }) => id)),
    staff: sum([store.staffChat, ...store.staff().map(({ id }) => id)]),
    mail: news,
  };
  for (const tab of document.querySelectorAll(".tabs button")) {
    let badge = tab.querySelector(".badge");
    if (!badge) { badge = document.createElement("span"); badge.className = "badge"; tab.append(badge); }
    setBadge(badge, unread[tab.dataset.view]);
    tab.setAttribute("aria-current", String(tab.dataset.view === document.body.dataset.view));
  }
}

/** The mailbox and the customer database's log share a card; returns how much arrived in them unseen. */
function renderTrays() {
  for (const tray of ["mails", "calls"]) {
    looking.seen[tray] ??= store[tray].length;
    if (onView("mail") && looking.tray === tray) looking.seen[tray] = store[tray].length;
  }
  const unseen = (tray) => store[tray].length - looking.seen[tray];
  const trays = [{ id: "mails", label: T.mailbox, unread: unseen("mails") }, { id: "calls", label: T.crm, unread: unseen("calls") }];
  renderSegments(byId("trays"), trays, looking.tray, (tray) => { looking.tray = tray; show(); });
  byId("mail-tray").hidden = looking.tray !== "mails";
  byId("crm-tray").hidden = looking.tray !== "calls";
  const count = store[looking.tray].length;
  byId("mail-count").textContent = count ? T[looking.tray](count) : "";
  return unseen("mails") + unseen("calls");
}

/** Show what is being looked at now, and count it as read. */
function show() {
  for (const chatId of [...store.unread.keys()]) if (store.shown(chatId)) store.markRead(chatId);
  render();
}

function chooseClient(id) {
  looking.client = id;
  show();
}

byId("new-client").addEventListener("click", async () => {
  looking.newcomer = await newClient(); // the stream may tell of the person later than the answer does
  show();
});

function open(view) {
  document.body.dataset.view = view;
  show();
}

for (const tab of document.querySelectorAll(".tabs button")) tab.addEventListener("click", () => open(tab.dataset.view));
document.querySelector(".skip").addEventListener("click", () => open("client")); // a hidden panel takes no focus
narrow.addEventListener("change", show);

store.addEventListener("change", ({ detail: { what, chatId } }) => {
  if (what === "clock") clockPanel.render();
  else if (what === "mails") { mailPanel.render(); renderTabs(); }
  else if (what === "calls") { crmPanel.render(); renderTabs(); }
  else if (what === "unread") renderPeople();
  else if (what === "chat") {
    if (chatId === looking.client) clientPanel.render();
    if (chatId === staffChat()) staffPanel.render();
  } else render();
});

store.addEventListener("arrival", ({ detail: { chat, message, edited } }) => {
  if (!store.shown(chat.id)) return;
  const panel = chat.id === looking.client ? T.clientPanel : T.staffPanel;
  announce(`${panel}. ${nameOf(message.from)}${edited ? `, ${T.edited}` : ""}: ${summary(message)}`, chat.language);
});

connect({
  onSnapshot: (snapshot) => {
    if (store.run && store.run !== snapshot.run) location.reload(); // another demo on the same address: begin anew
    else store.load(snapshot);
  },
  onChange: (change) => store.apply(change),
  onLink: (up) => {
    document.body.classList.toggle("offline", !up);
    byId("link-state").textContent = up ? "" : T.offline;
  },
});
