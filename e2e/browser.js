// The browser, and what must hold on every screen.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const screens = fileURLToPath(new URL("screens", import.meta.url));
const executablePath = process.env.CHROMIUM ||
  ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => existsSync(path));

export function launch() {
  return chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync"],
  });
}

// open returns the demo's page in a window of its own; faults collects what the
// page says in its console and what it asks of anybody but this machine.
export async function open(browser, address, options) {
  const context = await browser.newContext({ locale: "fa-IR", permissions: ["clipboard-read", "clipboard-write"], ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const faults = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) faults.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("request", (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (protocol !== "data:" && hostname !== "127.0.0.1") faults.push(`a request to ${hostname}`);
  });
  await page.goto(address);
  await page.locator(".phone").first().waitFor({ state: "attached" });
  return { page, faults };
}

// look takes a picture of the screen and holds it to what holds on all: no
// violation of axe's rules, no picture that a screen reader would read twice,
// nothing beyond the window's edge.
export async function look(page, folder, name) {
  await mkdir(join(screens, folder), { recursive: true });
  await page.screenshot({ path: join(screens, folder, `${name}.png`) });
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  assert.deepEqual(
    violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.html.slice(0, 200)).join(" | ")}`), [], `axe on ${name}`);
  const twice = await page.evaluate(() => [...document.querySelectorAll(".message img")]
    .filter((image) => image.alt.length > 20 || image.closest(".text").textContent.includes(image.alt)).map((image) => image.alt));
  assert.deepEqual(twice, [], `${name} has pictures whose names say what stands beside them`);
  const wide = await page.evaluate(() => [...document.querySelectorAll("html, .panel, .phone, .log")]
    .filter((part) => part.scrollWidth > part.clientWidth).map((part) => part.className || part.tagName));
  assert.deepEqual(wide, [], `${name} has parts that are wider than their place`);
}
