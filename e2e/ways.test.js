// Ways of seeing: twice the size, and less motion.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, look, open } from "./browser.js";
import { answered, choose, say, share, start } from "./deeds.js";
import { startDemo } from "./demo.js";
import { people } from "./screens.js";

let browser;
let demo;
before(async () => { [browser, demo] = [await launch(), await startDemo()]; });
after(async () => { await browser?.close(); await demo?.end(); });

// A browser at 200 % has half as many pixels of CSS in the same window.
test("zoom of 200 %", { timeout: 120_000 }, async () => {
  const { page, faults } = await open(browser, demo.address, { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 });
  const person = people.bale;
  await choose(page, person);
  for (const [name, deed, text] of [
    ["start", start(), "برای شروع"],
    ["contact", share(), "کد ملی صاحب کارت را بفرستید"],
    ["status", say(person.code), "مرحله"],
  ]) {
    await deed(page, person);
    await answered(page, text);
    await look(page, "zoom-200", name);
    const room = await page.locator(".phone.front .log").evaluate((log) => log.clientHeight);
    assert.ok(room >= 120, `messages have ${room} px`);
    const menu = await page.locator(".phone.front .menu").evaluate((menu) => [menu.clientHeight, menu.querySelector(".key").offsetHeight]);
    assert.ok(menu[0] > menu[1], `the menu has ${menu[0]} px, its buttons ${menu[1]}`);
  }
  assert.deepEqual(faults, []);
});

test("text of twice the size", { timeout: 120_000 }, async () => {
  const { page, faults } = await open(browser, demo.address, { viewport: { width: 390, height: 780 }, bypassCSP: true });
  await page.addStyleTag({ content: "html { font-size: 200% }" });
  const person = people.telegram;
  await look(page, "text-200", "before");
  await start()(page);
  await answered(page, "برای شروع");
  await look(page, "text-200", "start");
  await share()(page);
  await answered(page, "کد ملی صاحب کارت را بفرستید");
  await look(page, "text-200", "contact");
  await say(person.code)(page);
  await answered(page, "مرحله");
  await look(page, "text-200", "status");
  await page.locator(".samples-tab").click();
  await look(page, "text-200", "samples");
  assert.deepEqual(faults, []);
});

test("less motion", { timeout: 120_000 }, async () => {
  const { page, faults } = await open(browser, demo.address, { viewport: { width: 390, height: 780 }, reducedMotion: "reduce" });
  await choose(page, people.telegram);
  const moving = await page.evaluate(() => {
    const spinner = document.createElement("button");
    spinner.className = "key spins";
    document.querySelector(".phone.front .log").append(spinner);
    const names = [...document.querySelectorAll("*")].flatMap((e) => [getComputedStyle(e), getComputedStyle(e, "::after")])
      .filter((s) => s.animationName !== "none" || s.transitionDuration.split(",").some((d) => parseFloat(d) > 0));
    spinner.remove();
    return names.length;
  });
  assert.equal(moving, 0, "something moves");
  assert.deepEqual(faults, []);
});
