// The laboratory's page in Chromium, where requests are lost: what is never answered is counted and drawn, a run above
// the capacity has no mean, and no title is cut off. On a desktop and on a phone.
import type { Browser, Page } from "playwright-core";
import t, { type Test } from "tap";
import { bundlePage } from "../src/cli/page-bundle.ts";
import { servePage } from "../src/cli/page-server.ts";
import { DESKTOP, NO_BROWSER, PHONE, settled, startBrowser, visit } from "./support/browser.ts";

const NARROW = { ...PHONE, viewport: { width: 390, height: 844 } } as const;
const LAPTOP = { viewport: { width: 1280, height: 800 } } as const;
const SANDBOX = "#v=1&scenario=sandbox&a=round-robin&b=least-conn&servers=3";

const cell = (page: Page, name: string) => page.locator(`[data-figure="${name}"]`);
const textOf = (page: Page, name: string) => cell(page, name).textContent();
const wins = async (page: Page, name: string) =>
  ((await cell(page, name).getAttribute("class")) ?? "").includes("wins");

t.setTimeout(240_000); // when this file is run alone, tap allows it 30 s
t.test("what is lost, in a browser", { skip: NO_BROWSER, timeout: 230_000 }, async (t) => {
  const server = await servePage(await bundlePage(), 0);
  const browser = await startBrowser(t);
  t.teardown(async () => {
    await browser.close();
    await server.close();
  });
  await t.test("a server hangs", (t) => hanging(t, browser, server.url));
  await t.test("more work than the servers can do", (t) => overload(t, browser, server.url));
  await t.test("every title is whole", (t) => titles(t, browser, server.url));
});

async function hanging(t: Test, browser: Browser, url: string): Promise<void> {
  const link = `${url}${SANDBOX}&do=hang.1.4000-60000&t=12000`;
  const { page, complaints } = await visit(browser, link, NARROW);
  t.ok(Number(await cell(page, "a-unanswered").getAttribute("data-exact")) > 200);
  t.ok(await wins(page, "b-unanswered"), "B lost fewer");
  t.notOk(await wins(page, "a-mean"), "a low mean of those that were answered is no win");
  t.match(await page.locator("#verdict").textContent(), /^B answers \d+\.\d points more/);
  t.match(await page.locator("#lost").textContent(), /^lost: A [12]\d\.\d %, B \d\.\d %$/);
  // The curves of the latencies alone would look the same without the losses.
  const drawn = await page.locator("#strip canvas").screenshot();
  await page.goto(`${url}${SANDBOX}&t=12000`);
  await page.waitForURL((address) => !address.hash.includes("hang"));
  await settled(page);
  await page.locator("#lost").filter({ hasText: /^$/ }).waitFor({ state: "attached" });
  t.notSame(drawn, await page.locator("#strip canvas").screenshot());
  t.notOk(await cell(page, "a-unanswered").isVisible(), "nothing is lost, nothing is said");
  t.strictSame(complaints, []);
}

async function overload(t: Test, browser: Browser, url: string): Promise<void> {
  const { page, complaints } = await visit(browser, `${url}${SANDBOX}&load=1.05&t=12000`, DESKTOP);
  for (const lane of ["a", "b"]) {
    t.equal(await textOf(page, `${lane}-mean`), "unstable, ρ\u00a0=\u00a01.05");
    for (const name of ["p50", "p90", "p99", "p999"]) {
      t.equal(await textOf(page, `${lane}-${name}`), "unstable");
      t.notOk(await wins(page, `${lane}-${name}`));
    }
  }
  t.match(await page.locator("#verdict").textContent(), "ρ = 1.05");
  t.strictSame(complaints, []);
}

/** Tests that every title fits into its list, or stands whole below it. */
async function titles(t: Test, browser: Browser, url: string): Promise<void> {
  for (const size of [LAPTOP, NARROW]) {
    const { page } = await visit(browser, url, size);
    const names = await page
      .locator("#scenario option")
      .evaluateAll((options) => options.map((option) => option.getAttribute("value") ?? ""));
    let below = 0;
    for (const name of names) {
      await page.goto(`${url}#v=1&scenario=${name}&a=client-side-wrr&b=least-conn-by-index&t=50`);
      await page.waitForURL(
        ({ hash }) => hash.includes(`scenario=${name}&`) && hash.includes("&is="),
      );
      await settled(page);
      below += await wholeTitles(t, page, `${name} at ${size.viewport.width}`);
    }
    t.ok(below > 0, "some titles do not fit into their list");
    const width = await page.locator("html").evaluate((element) => element.scrollWidth);
    t.ok(width <= size.viewport.width, `${width}`);
  }
}

/** Returns how many titles stand below their list. */
async function wholeTitles(t: Test, page: Page, what: string): Promise<number> {
  let below = 0;
  for (const [list, place] of [
    ["#scenario", "#scenario-title"],
    ["#algorithm-a", ".lane-a .choice"],
    ["#algorithm-b", ".lane-b .choice"],
  ] as const) {
    const line = page.locator(`${place} .whole-title`);
    const title = await page.locator(`${list} option:checked`).textContent();
    t.equal(await line.textContent(), title);
    if (await line.isVisible()) below++;
    else t.ok(await fits(page, list), `${what}: '${title}' fits`);
  }
  return below;
}

/** The parts of a list in the browser that `fits` uses. Tests are checked without a browser's types. */
interface List {
  readonly selectedOptions: readonly { cloneNode(deep: boolean): unknown }[];
  readonly style: { cssText: string };
  cloneNode(): List;
  append(child: unknown): void;
  after(sibling: List): void;
  remove(): void;
  getBoundingClientRect(): { readonly width: number };
}

/** Whether a list that is as wide as its chosen title needs is not wider than the list is. */
const fits = (page: Page, list: string) =>
  page.locator(list).evaluate((element) => {
    const select = element as unknown as List;
    const alone = select.cloneNode();
    alone.append(select.selectedOptions[0]?.cloneNode(true));
    alone.style.cssText = "position: absolute; max-width: none; width: auto; flex: none";
    select.after(alone);
    const wanted = alone.getBoundingClientRect().width;
    alone.remove();
    return wanted <= select.getBoundingClientRect().width + 1;
  });
