// Every screen of the demo on both platforms, on two small phones.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { look, launch, open } from "./browser.js";
import { answered, choose } from "./deeds.js";
import { startDemo } from "./demo.js";
import { people, walk } from "./screens.js";

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

for (const platform of Object.keys(people)) {
  for (const width of [390, 360]) {
    test(`${platform} at ${width} px`, { timeout: 300_000 }, async () => {
      const demo = await startDemo();
      try {
        const { page, faults } = await open(browser, demo.address, { viewport: { width, height: 780 } });
        const folder = `${platform}-${width}`;
        const person = people[platform];
        await page.locator(".samples-tab").click();
        await look(page, folder, "00-samples");
        await choose(page, person);
        await look(page, folder, "01-before");
        let n = 1;
        for (const [name, deed, text] of walk) {
          await deed(page, person);
          await answered(page, text);
          await look(page, folder, `${String(++n).padStart(2, "0")}-${name}`);
        }
        assert.deepEqual(faults, []);
        await page.context().close();
      } finally {
        await demo.end();
      }
    });
  }
}
