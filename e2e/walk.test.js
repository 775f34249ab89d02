// Every screen of the demo on both platforms, on two small phones.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { look, launch, open } from "./browser.js";
import { answered, choose, edited, invitation } from "./deeds.js";
import { startDemo } from "./demo.js";
import { family, guests, people, visit, walk } from "./screens.js";

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

// go does the deeds of a list, one after the other, and looks at each screen. A
// pattern in place of words is for an older message that has changed.
async function go(page, folder, person, list, n = 0) {
  for (const [name, deed, text] of list) {
    await deed(page, person);
    if (text instanceof RegExp) await edited(page, text);
    else if (text) await answered(page, text);
    await look(page, folder, `${String(++n).padStart(2, "0")}-${name}`);
  }
  return n;
}

// on runs a walk on a demo of its own.
function on(folder, width, walking) {
  test(folder, { timeout: 600_000 }, async () => {
    const demo = await startDemo();
    try {
      const { page, faults } = await open(browser, demo.address, { viewport: { width, height: 780 } });
      await walking(page, folder);
      assert.deepEqual(faults, []);
      await page.context().close();
    } finally {
      await demo.end();
    }
  });
}

for (const platform of Object.keys(people)) {
  const person = people[platform];
  for (const width of [390, 360]) {
    on(`${platform}-${width}`, width, async (page, folder) => {
      await page.locator(".samples-tab").click();
      await look(page, folder, "00-samples");
      await choose(page, person);
      await look(page, folder, "01-before");
      await go(page, folder, person, walk, 1);
    });
  }
  on(`family-${platform}-360`, 360, async (page, folder) => {
    await choose(page, person);
    const n = await go(page, folder, person, family);
    await go(page, folder, person, visit(await invitation(page), person, guests[platform]), n);
  });
}
