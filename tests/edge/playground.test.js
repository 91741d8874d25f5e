/** The playground in Chromium: by mouse and by keyboard, wide and narrow, light and dark. */

import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { findChromium, launch, serveFolder } from "./support/chromium.js";

const TARGET = join(import.meta.dirname, "../../target");
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WIDTHS = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };
const chromium = findChromium();

suite("the playground", { skip: chromium.missing }, () => {
  let browser;
  let server;
  before(async () => {
    server = await serveFolder(join(TARGET, "playground"));
    browser = await launch(chromium.path);
    mkdirSync(join(TARGET, "screenshots"), { recursive: true });
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  /** A page that must neither complain nor ask any other server for anything. */
  async function open(path = "/", options = {}) {
    const context = await browser.newContext({ viewport: WIDTHS.desktop, ...options });
    const page = await context.newPage();
    const complaints = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => complaints.push(message.text()));
    page.on("request", (request) => {
      if (!request.url().startsWith(server.url) && !request.url().startsWith("data:")) {
        complaints.push(request.url());
      }
    });
    await page.goto(server.url + path);
    await page.waitForFunction(() => document.querySelector("#status")?.textContent !== "");
    const close = async () => {
      await context.close();
      assert.deepEqual(complaints, []);
    };
    return { page, close };
  }

  const text = (page, selector) => page.locator(selector).textContent();

  /** The merged document without the words for those who cannot see the colours. */
  const merged = (page) =>
    page
      .locator("#merged .line")
      .evaluateAll((lines) =>
        JSON.parse(lines.map((line) => line.textContent.replace(/ \([a-z ]+\)$/m, "")).join("")),
      );

  test("merges the cart, and says which rule decided", async () => {
    const { page, close } = await open();
    assert.deepEqual(await merged(page), {
      cart: {
        items: [
          { sku: "pen", qty: 5 },
          { sku: "ink", qty: 1 },
          { sku: "paper", qty: 1 },
        ],
        coupon: "SPRING",
      },
    });
    const conflict = await text(page, "#conflicts li");
    assert.match(conflict, /\/cart\/coupon/);
    assert.match(conflict, /theirs wins/);
    assert.match(conflict, /decided under \/cart\/coupon by conflict: "theirs"/);
    assert.match(await text(page, "#status"), /^1 conflict, 1 change to theirs\.$/);
    await close();
  });

  test("has examples whose outcome is what they say", async () => {
    const { page, close } = await open();
    const pick = (name) => page.getByText(name, { exact: true }).click();
    await pick("Counter");
    assert.deepEqual(await merged(page), { visits: 43, stock: 0, recent: ["/b", "/c", "/d"] });
    await pick("Messages");
    assert.deepEqual(await merged(page), {
      _messages: '[["__json_message",0,20,"One new mail.",""]]',
      shown: true,
    });
    await pick("Logout");
    assert.deepEqual(await merged(page), { theme: "dark" });
    assert.match(
      await text(page, "#conflicts"),
      /decided for the whole document by delete: "wins"/,
    );
    await pick("Refused");
    assert.match(await text(page, "#status"), /^Refused by the rules/);
    assert.match(await text(page, "#conflicts"), /\/limit\s*refused/);
    assert.match(await text(page, "#conflicts"), /decided under \/limit by conflict: "fail"/);
    assert.equal(await text(page, "#merged"), "No result.");
    assert.ok(page.url().endsWith("#refused"));
    await close();
  });

  test("opens the example that its address names", async () => {
    const { page, close } = await open("/#counter");
    assert.ok(await page.getByLabel("Counter").isChecked());
    await close();
  });

  test("merges while one types, digits and all", async () => {
    const { page, close } = await open();
    await page.fill("#base", '{"n": 9007199254740993, "f": 1.0}');
    await page.fill("#theirs", '{"n": 9007199254740995, "f": 1.0}');
    await page.fill("#mine", '{"n": 9007199254740993, "f": 1.0, "m": [1e400]}');
    await page.fill("#rules", "{}");
    await page.locator("#merged").getByText("1e400").waitFor();
    assert.match(
      await text(page, "#merged"),
      /"n": 9007199254740995,\s+\(from theirs\)\s+"f": 1\.0/,
    );
    assert.match(await text(page, "#patch"), /add\s+\/m\s+\[1e400\]/);
    assert.match(await text(page, "#conflicts"), /None/);
    await close();
  });

  test("says what is wrong, and where", async () => {
    const { page, close } = await open();
    await page.fill("#theirs", '{\n  "a": nonsense');
    await page.locator("#theirs-error").waitFor();
    assert.match(await text(page, "#theirs-error"), /line 2 column 9/);
    assert.equal(await page.getAttribute("#theirs", "aria-invalid"), "true");
    assert.match(await page.getAttribute("#theirs", "aria-describedby"), /theirs-error/);
    await page.fill("#theirs", "{}");
    await page.locator("#theirs-error").waitFor({ state: "hidden" });
    for (const [rules, message] of [
      ["{", /rules.*line 1/],
      ["[]", /object/],
      ['{"/a": "nonsense"}', /\/a/],
    ]) {
      await page.fill("#rules", rules);
      await page.locator("#rules-error").getByText(message).waitFor();
      assert.match(await text(page, "#status"), /see rules/);
    }
    await close();
  });

  test("shows markup as text", async () => {
    const { page, close } = await open();
    const text = JSON.stringify({ "<img src=x onerror=alert(1)>": "<script>alert(1)</script>" });
    await page.fill("#mine", text);
    await page.locator("#merged").getByText("<script>").waitFor();
    assert.equal(await page.locator("#merged img, #merged script").count(), 0);
    await close();
  });

  test("can be used by keyboard alone", async () => {
    const { page, close } = await open();
    const focused = () => page.evaluate(() => document.activeElement.id);
    const visited = [];
    await page.keyboard.press("Tab");
    assert.equal(
      await page.evaluate(() => document.activeElement.textContent),
      "Skip to the result",
    );
    for (let stop = 0; stop < 6; stop++) {
      await page.keyboard.press("Tab");
      visited.push(await focused());
    }
    assert.deepEqual(visited, ["scheme", "example-cart", "base", "theirs", "mine", "rules"]);
    await page.focus("#example-cart");
    await page.keyboard.press("ArrowRight");
    assert.equal(await focused(), "example-counter");
    assert.equal((await merged(page)).visits, 43);
    await page.focus("#scheme");
    await page.keyboard.press("Enter");
    assert.equal(await page.getAttribute("html", "data-scheme"), "dark");
    await close();
  });

  for (const [name, viewport] of Object.entries(WIDTHS)) {
    for (const colorScheme of ["light", "dark"]) {
      test(`has no violation for axe: ${name}, ${colorScheme}`, async () => {
        const { page, close } = await open("/", { viewport, colorScheme, bypassCSP: true });
        await page.addScriptTag({ content: AXE });
        for (const example of ["cart", "refused", "logout"]) {
          await page.locator(`label[for=example-${example}]`).click();
          const { violations } = await page.evaluate(() => globalThis.axe.run());
          const found = violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);
          assert.deepEqual(found, []);
        }
        const { scrollWidth, clientWidth } = await page.evaluate(() => ({
          scrollWidth: document.documentElement.scrollWidth,
          clientWidth: document.documentElement.clientWidth,
        }));
        assert.ok(scrollWidth <= clientWidth, "the page scrolls sideways");
        await page.locator("label[for=example-cart]").click();
        const path = join(TARGET, "screenshots", `playground-${name}-${colorScheme}.png`);
        await page.screenshot({ path, fullPage: true });
        await close();
      });
    }
  }
});
