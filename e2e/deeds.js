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

// place sends one of the places that the page offers.
export const place = (degrees) => async (page) => {
  await front(page).locator(".more summary").click();
  await front(page).locator(`.choices [data-value="${degrees}"]`).click();
};
