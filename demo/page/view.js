// How a person's phone looks. Messages are drawn anew only when they changed,
// so that a screen reader is told of what is new and nothing else.
export const words = JSON.parse(document.getElementById("words").textContent);

export function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

const platformName = (person) => (person.platform === "bale" ? words.Bale : words.Telegram);

export function drawTab(person) {
  const tab = element("button", "tab " + person.platform, person.name + " · " + platformName(person));
  tab.type = "button";
  tab.dataset.tab = person.id;
  return tab;
}

export function drawPhone(phone, person) {
  const find = (selector) => phone.querySelector(selector);
  phone.classList.add(person.platform);
  phone.setAttribute("aria-label", person.name + "، " + platformName(person));
  find("h2").textContent = person.name;
  find(".face").textContent = person.name.slice(0, 1);
  find(".badge").textContent = platformName(person);
  find(".number").textContent = person.phone;
  find(".log").setAttribute("aria-label", words.Messages + " " + person.name);
  drawChoices(find(".choices"), person);
  const log = find(".log");
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  const fresh = drawMessages(log, person);
  find(".state").textContent = person.blocked ? words.Blocked : person.typing ? words.Typing : "";
  clearTimeout(phone.typing);
  if (person.typing) phone.typing = setTimeout(() => { find(".state").textContent = ""; }, 5000);

  const begun = person.begun && !person.blocked;
  const started = find(".start") === document.activeElement;
  find(".start").hidden = begun;
  find(".compose").hidden = !begun;
  const label = find(".compose label");
  const input = find(".compose input");
  input.id = "say-" + person.id;
  label.htmlFor = input.id;
  label.textContent = words.Write + "، " + person.name;
  input.placeholder = person.placeholder || words.Write;
  if (begun && started) input.focus({ preventScroll: true }); // its button is gone
  drawMenu(find(".menu"), begun ? person.menu : null);
  if (atEnd || fresh) log.scrollTop = log.scrollHeight; // now that all has its height
}

function drawChoices(choices, person) {
  const all = [["photo", words.Photo], ["sticker", words.Sticker], ["contact", words.ForeignContact],
    ["place", words.PlaceTehran, "35.6997, 51.3380"], ["place", words.PlaceShahriar, "35.6600, 51.0600"],
    ["place", words.PlaceFar, "-41.2866, 174.7756"],
    person.blocked ? ["unblock", words.Unblock] : ["block", words.Block]];
  choices.replaceChildren(...all.map(([does, text, value]) => {
    const button = element("button", "", text);
    button.type = "button";
    button.dataset.do = does;
    if (value) button.dataset.value = value;
    return button;
  }));
}

function drawMenu(menu, rows) {
  const drawn = JSON.stringify(rows || []);
  menu.hidden = !rows || rows.length === 0;
  if (menu.drawn === drawn) return;
  menu.drawn = drawn;
  menu.replaceChildren(...(rows || []).map((row, r) => drawRow(row, r, 0, [])));
}

// drawMessages reports whether there is a new one.
function drawMessages(log, person) {
  const all = person.messages || [];
  const there = new Map([...log.children].map((child) => [child.dataset.id, child]));
  if (all.length === 0) {
    if (!log.querySelector(".empty")) log.replaceChildren(element("p", "empty", words.Empty));
    return false;
  }
  log.querySelector(".empty")?.remove();
  let last = null;
  let fresh = false;
  for (const message of all) {
    const drawn = JSON.stringify(message);
    let item = there.get(String(message.id));
    there.delete(String(message.id));
    if (!item || item.drawn !== drawn) {
      const made = drawMessage(message, person);
      made.drawn = drawn;
      if (item) replace(item, made, log);
      else { log.insertBefore(made, last ? last.nextSibling : log.firstChild); fresh = true; }
      item = made;
    }
    last = item;
  }
  for (const gone of there.values()) gone.remove();
  return fresh;
}

// replace keeps the focus at the same place when a message's buttons change.
function replace(old, made, log) {
  const buttons = [...old.querySelectorAll("button, a")];
  const at = buttons.indexOf(document.activeElement);
  old.replaceWith(made);
  if (at < 0) return;
  const now = made.querySelectorAll("button, a");
  (now[Math.min(at, now.length - 1)] || log).focus({ preventScroll: true });
}

function drawMessage(message, person) {
  const item = element("article", "message " + (message.bot ? "bot" : "own"));
  item.dataset.id = message.id;
  const bubble = element("div", "bubble");
  bubble.append(element("span", "unseen", (message.bot ? words.Bot : words.You) + ": "));
  const text = element("div", "text");
  text.dir = "auto";
  text.append(...content(message));
  bubble.append(text, foot(message));
  item.append(bubble);
  if (message.buttons) {
    const keys = element("div", "keys");
    message.buttons.forEach((row, r) => keys.append(drawRow(row, r, message.id, message.spin || [])));
    item.append(keys);
  }
  return item;
}

function foot(message) {
  const parts = [message.time];
  if (message.edited) parts.push(words.Edited);
  if (message.silent) parts.push(words.Silent);
  return element("p", "foot", parts.join(" · "));
}

function content(message) {
  if (message.photo) return [photo(message.photo), ...written(message)];
  if (message.media === "photo") return [element("span", "media", words.APhoto)];
  if (message.media === "sticker") return [element("span", "media", words.ASticker)];
  if (message.media === "location") return place(message.place || []);
  if (message.phone) return [element("span", "media", words.AContact), element("br"), element("bdi", "", message.phone)];
  return written(message);
}

// photo is what the bot drew. Its caption, which follows it, says all that is in
// it, so that its own name is short: a screen reader would say all twice.
function photo(shown) {
  const image = element("img", "photo");
  image.src = shown.address;
  image.width = shown.width;
  image.height = shown.height;
  image.alt = words.APhoto;
  return image;
}

function written(message) {
  return (message.spans || []).map((span) => {
    if (span.url) {
      const link = element("a", "", span.text);
      link.href = span.url;
      link.target = "_blank";
      link.rel = "noopener noreferrer";
      return link;
    }
    const tag = { bold: "strong", italic: "em", code: "code" }[span.style];
    return tag ? element(tag, "", span.text) : document.createTextNode(span.text);
  });
}

// place draws the name and the address of a venue, if there are any, and its degrees.
function place(lines) {
  const all = [element("span", "media", words.APlace)];
  lines.forEach((line, i) => {
    const degrees = i === lines.length - 1;
    const shown = element(degrees ? "bdi" : i === 0 ? "strong" : "span", degrees ? "degrees" : "", line);
    if (degrees) shown.dir = "ltr";
    all.push(element("br"), shown);
  });
  return all;
}

function drawRow(row, r, message, spin) {
  const line = element("div", "row");
  row.forEach((button, c) => {
    const made = element(button.url ? "a" : "button", "key", button.text);
    if (button.url) {
      made.href = button.url;
      made.target = "_blank";
      made.rel = "noopener noreferrer";
      made.classList.add("link");
      made.append(element("span", "unseen", "، " + words.OpensLink));
    } else {
      made.type = "button";
      if (button.copy) {
        made.classList.add("copies");
        made.dataset.copy = button.copy;
      } else Object.assign(made.dataset, { row: r, col: c, message });
      if (button.contact) made.classList.add("contact");
      if (button.data && spin.includes(button.data)) {
        made.classList.add("spins");
        made.append(element("span", "unseen", "، " + words.WaitsForAnswer));
      }
    }
    line.append(made);
  });
  return line;
}
