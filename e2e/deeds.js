// What one can do on the demo's page.
const front = (page) => page.locator(".phone.front");

// newest is what the bot said last.
const newest = (page) => front(page).locator(".message.bot").last();

export const start = () => (page) => front(page).locator(".start").click();

export const say = (text) => async (page, person) => {
  const input = front(page).locator(".compose input");
  await input.fill(typeof text === "function" ? text(person) : text);
  await input.press("Enter");
};

// press presses a button under a message, the newest with that word.
export const press = (word) => (page) => front(page).locator(".keys").getByRole("button", { name: word }).last().click();

// menu presses a button at the foot of the screen.
export const menu = (word) => (page) => front(page).locator(".menu").getByRole("button", { name: word }).click();

export const share = () => menu("ارسال شمارهٔ همراه");

// arrive has the person's card come to its office, and comes back to the chat.
export const arrive = () => async (page, person) => {
  await page.locator(".samples-tab").click();
  await page.locator(`[data-arrive=${person.sample}]`).click();
  await choose(page, person);
};

export const choose = (page, person) => page.locator("#tabs").getByRole("button", { name: person.name }).click();

// answered waits until the bot's last words have text.
export async function answered(page, text) {
  await newest(page).filter({ hasText: text }).waitFor({ timeout: 10_000 }).catch(async () => {
    const last = await front(page).locator(".message.bot .text").allInnerTexts();
    throw new Error(`no answer with «${text}»; the last two were:\n${last.slice(-2).join("\n---\n")}`);
  });
}

// edited waits until an older message has text.
export async function edited(page, text) {
  const message = front(page).locator(".message.bot").filter({ hasText: text }).last();
  await message.waitFor({ timeout: 10_000 });
  await message.scrollIntoViewIfNeeded();
}

// more does one of what the page has beyond writing and pressing.
export const more = (word) => async (page) => {
  await front(page).locator(".more summary").click();
  await front(page).locator(".choices").getByRole("button", { name: word }).click();
};

// place sends one of the places that the page offers.
export const place = (degrees) => async (page) => {
  await front(page).locator(".more summary").click();
  await front(page).locator(`.choices [data-value="${degrees}"]`).click();
};

// invitation reads the newest one-time link: its token.
export const invitation = async (page) => {
  const link = await front(page).locator(".message.bot a[href*='start=']").last().getAttribute("href");
  return new URL(link).searchParams.get("start");
};

// openLink opens a one-time link as a messenger does; without a token, the newest in the chat.
// Whoever has not begun the chat cannot write in it yet, so that it goes past the page.
export const openLink = (token) => async (page) => {
  const person = (await front(page).locator(".compose input").getAttribute("id")).replace("say-", "");
  const text = `/start ${token || await invitation(page)}`;
  await page.evaluate((act) => fetch("/demo/act", {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(act),
  }), { person, do: "say", text });
};

// join adds a person on the page, and comes to their chat.
export const join = (person) => async (page) => {
  const add = page.locator("details.add");
  await page.locator(".samples-tab").click();
  await add.locator("summary").click();
  await add.locator("[name=name]").fill(person.name);
  await add.locator("[name=platform]").selectOption(person.platform);
  await add.locator("[name=phone]").fill(person.phone);
  await add.locator("button[type=submit]").click();
  await page.locator("#tabs").getByRole("button", { name: person.name }).click();
};
