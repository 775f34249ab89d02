// The way of a citizen by the keyboard alone, the focus always in sight.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, look, open } from "./browser.js";
import { answered } from "./deeds.js";
import { startDemo } from "./demo.js";
import { people } from "./screens.js";

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

// focused describes what has the focus; seen is false when nobody sees it.
const focused = (page) => page.evaluate(() => {
  const at = document.activeElement;
  const box = at.getBoundingClientRect();
  const style = getComputedStyle(at);
  const covered = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height / 2, 10));
  return {
    none: at === document.body, text: (at.getAttribute("aria-label") || at.innerText || at.placeholder || "").trim(), tag: at.tagName,
    where: at.closest(".menu") ? "menu" : at.closest(".keys") ? "keys" : at.closest(".samples") ? "samples" : "",
    arrive: at.dataset.arrive || "",
    seen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && box.bottom > 0 && box.top < innerHeight &&
      box.right > 0 && box.left < innerWidth && (at.contains(covered) || (covered !== null && covered.contains(at))),
  };
});

// tabTo presses a key until what has the focus fits.
async function tabTo(page, what, fits, key = "Tab") {
  for (let i = 0; i < 120; i++) {
    await page.keyboard.press(key);
    const at = await focused(page);
    assert.ok(at.none || at.seen, `the focus is not to be seen on ${at.tag} «${at.text}»`);
    if (!at.none && fits(at)) return;
  }
  assert.fail(`${what} cannot be reached by ${key}`);
}

async function pressKey(page, word, where, text) {
  await tabTo(page, word, (at) => at.tag === "BUTTON" && at.where === where && at.text.startsWith(word), "Shift+Tab");
  await page.keyboard.press("Enter");
  await answered(page, text);
}

async function write(page, text, answer) {
  if ((await focused(page)).tag !== "INPUT") await tabTo(page, "the place to write", (at) => at.tag === "INPUT");
  await page.keyboard.type(text);
  await page.keyboard.press("Enter");
  await answered(page, answer);
}

for (const width of [390, 1280]) {
  test(`by keyboard at ${width} px`, { timeout: 300_000 }, async () => {
    const demo = await startDemo();
    try {
      const { page, faults } = await open(browser, demo.address, { viewport: { width, height: 780 } });
      const person = people.telegram;
      await tabTo(page, "the start", (at) => at.text === "شروع گفت‌وگو");
      await page.keyboard.press("Enter");
      await answered(page, "برای شروع");
      assert.equal((await focused(page)).tag, "INPUT", "after the start one can write at once");
      await pressKey(page, "ارسال شمارهٔ همراه", "menu", "کد ملی صاحب کارت را بفرستید");
      await write(page, person.code, "مرحله: ارسال به دفتر");
      await pressKey(page, "خبرم کن", "keys", "از این پس");
      if (width < 760) {
        await tabTo(page, "the samples", (at) => at.text === "افراد نمونه", "Shift+Tab");
        await page.keyboard.press("Enter");
      }
      await tabTo(page, "the arrival", (at) => at.arrive === person.sample);
      await page.keyboard.press("Enter");
      if (width < 760) {
        await tabTo(page, "the chat", (at) => at.text.startsWith(person.name), "Shift+Tab");
        await page.keyboard.press("Enter");
      }
      await answered(page, "به دفتر رسید");
      if ((await focused(page)).tag !== "INPUT") await tabTo(page, "the place to write", (at) => at.tag === "INPUT" && at.text.startsWith("یکی"), "Shift+Tab");
      await pressKey(page, "تحویل گرفتم", "keys", "یادداشت کردیم");
      await look(page, `keyboard-${width}`, "end");
      assert.deepEqual(faults, []);
      await page.context().close();
    } finally {
      await demo.end();
    }
  });
}
