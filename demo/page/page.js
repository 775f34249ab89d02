// What the page does: it listens to the server's events, draws people through
// view.js and sends what they do.
import { drawPhone, drawTab, element, words } from "./view.js";

const chats = document.getElementById("chats");
const tabs = document.getElementById("tabs");
const samples = document.getElementById("samples");
const toasts = document.getElementById("toasts");
const box = document.getElementById("alert");

const phones = new Map();
const shownNotices = new Map();
let chosen = null;

async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  }).catch(() => null);
  if (!answer) return { error: words.Lost };
  return answer.json().catch(() => ({ error: words.Failed }));
}

async function act(person, what) {
  const answer = await post("/demo/act", { person, ...what });
  if (answer.error) toast(answer.error);
  return !answer.error;
}

function toast(text) {
  const line = element("p", "toast", text);
  toasts.append(line);
  setTimeout(() => line.remove(), 5000);
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast(words.Copied);
  } catch {
    toast(text);
  }
}

// choose brings one person, or the samples, to the front on a narrow screen.
function choose(id, focus) {
  chosen = id;
  document.body.classList.toggle("on-samples", id === "samples");
  for (const tab of tabs.children) {
    if (tab.dataset.tab === id) tab.setAttribute("aria-current", "true");
    else tab.removeAttribute("aria-current");
  }
  for (const [other, phone] of phones) phone.classList.toggle("front", other === id);
  const phone = phones.get(id);
  if (phone) {
    const log = phone.querySelector(".log");
    log.scrollTop = log.scrollHeight;
  }
  if (phone && focus) {
    phone.scrollIntoView({ block: "nearest", inline: "center" });
    (phone.querySelector(".compose:not([hidden]) input") || phone.querySelector(".start")).focus({ preventScroll: true });
  }
}

function notices(person) {
  const seen = shownNotices.get(person.id);
  const all = person.notices || [];
  shownNotices.set(person.id, all.length);
  if (seen === undefined) return;
  for (const notice of all.slice(seen)) {
    if (!notice.alert) {
      toast(notice.text);
      continue;
    }
    document.getElementById("alert-text").textContent = notice.text;
    if (!box.open) box.showModal();
  }
}

function show(person) {
  let phone = phones.get(person.id);
  if (!phone) {
    phone = document.getElementById("phone").content.firstElementChild.cloneNode(true);
    phones.set(person.id, phone);
    chats.append(phone);
    tabs.insertBefore(drawTab(person), tabs.lastElementChild);
    listen(phone, person.id);
    if (chosen === null) choose(person.id, false);
    else if (chosen === person.id) choose(person.id, true);
  }
  drawPhone(phone, person);
  notices(person);
}

function listen(phone, person) {
  phone.querySelector(".start").addEventListener("click", () => act(person, { do: "start" }));
  phone.querySelector(".compose").addEventListener("submit", async (event) => {
    event.preventDefault();
    const input = event.target.elements.text;
    const text = input.value;
    if (!text.trim()) return;
    input.value = "";
    if (!(await act(person, { do: "say", text }))) input.value = text;
  });
  phone.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.do) {
      phone.querySelector(".more").open = false;
      act(person, { do: button.dataset.do, text: button.dataset.value || "" });
    } else if (button.dataset.copy !== undefined) copy(button.dataset.copy);
    else if (button.dataset.row !== undefined) {
      act(person, {
        do: "press", message: Number(button.dataset.message),
        row: Number(button.dataset.row), col: Number(button.dataset.col),
      });
      if (button.closest(".menu")) phone.querySelector(".compose input").focus({ preventScroll: true });
    }
  });
  phone.addEventListener("keydown", (event) => {
    const more = phone.querySelector(".more");
    if (event.key !== "Escape" || !more.open) return;
    more.open = false;
    more.querySelector("summary").focus();
  });
}

async function add(name, phone, platform) {
  const answer = await post("/demo/people", { name, phone, platform });
  if (answer.error) return answer.error;
  if (phones.has(answer.id)) choose(answer.id, true);
  else chosen = answer.id;
  return "";
}

tabs.addEventListener("click", (event) => {
  const tab = event.target.closest("button");
  if (tab) choose(tab.dataset.tab, true);
});

samples.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const { copy: value, open, arrive, name, phone } = button.dataset;
  if (value) copy(value);
  if (open) {
    const wrong = await add(name, phone, open);
    if (wrong) toast(wrong);
  }
  if (arrive) {
    button.disabled = true;
    const answer = await post("/demo/arrive", { sample: arrive });
    button.disabled = false;
    button.focus();
    toast(answer.error || answer.says);
  }
});

document.getElementById("add").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const { name, phone, platform } = form.elements;
  const wrong = await add(name.value, phone.value, platform.value);
  form.querySelector(".wrong").textContent = wrong;
  if (!wrong) name.value = "";
});

document.addEventListener("click", (event) => {
  for (const more of document.querySelectorAll(".more[open]")) {
    if (!more.contains(event.target)) more.open = false;
  }
});

const stream = new EventSource("/demo/events");
let lost = false;
stream.addEventListener("person", (event) => show(JSON.parse(event.data)));
stream.addEventListener("open", () => { lost = false; });
stream.addEventListener("error", () => {
  if (!lost) toast(words.Lost);
  lost = true;
});
