// The listing in Chromium without scripts: it fits a phone and a desktop, its style passes its own
// Content-Security-Policy, and nothing else is loaded. Pictures go to the folder named by TANDEM_SCREENSHOTS, if it is
// set.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import t from "tap";
import { start } from "./support.ts";

const CHROMIUM = "/usr/bin/chromium";
const screenshots = process.env.TANDEM_SCREENSHOTS;
const LONG = "a-name-without-a-place-to-break-".repeat(6);

/** What the page looks like, as the browser computes it. Playwright's own functions run without scripts too. */
async function look(browser: Browser, url: string, width: number, colorScheme: "light" | "dark") {
  const context = await browser.newContext({
    ...{ viewport: { width, height: 800 }, colorScheme, javaScriptEnabled: false },
  });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const complaints: string[] = [];
  const loaded: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("request", (request) => loaded.push(request.url()));
  await page.goto(url);
  if (screenshots !== undefined)
    await page.screenshot({ path: join(screenshots, `listing-${colorScheme}-${width}.png`) });
  const rows = page.locator("tbody tr");
  const boxes = await Promise.all((await rows.all()).map((row) => row.boundingBox()));
  const right = Math.max(...boxes.map((box) => (box === null ? 0 : box.x + box.width)));
  await page.locator("a.folder").click();
  await page.locator("a.up").click();
  const back = page.url() === url;
  await context.close();
  return {
    complaints,
    others: loaded.filter((one) => !one.startsWith(url) && !one.startsWith("data:")),
    right,
    back,
  };
}

const skip = !existsSync(CHROMIUM) && `no browser at ${CHROMIUM}`;
t.setTimeout(240_000); // when this file is run alone, tap allows it 30 s
t.test("the listing in a browser", { skip, timeout: 230_000 }, async (t) => {
  const root = t.testdir({ folder: {}, "<b>bold.html": "x", [`${LONG}.txt`]: "x" });
  const { port } = await start(t, { locations: [{ path: "/files/", root, browse: true }] });
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    env: { PATH: process.env.PATH ?? "", HOME: root },
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
  });
  t.teardown(() => browser.close());
  for (const width of [390, 1280])
    for (const scheme of ["light", "dark"] as const) {
      const seen = await look(browser, `http://127.0.0.1:${port}/files/`, width, scheme);
      t.same(seen.complaints, [], `${width} ${scheme}`);
      t.same(seen.others, [], "nothing else is loaded");
      t.ok(seen.right <= width, "nothing is wider than the window");
      t.ok(seen.right >= Math.min(width - 40, 900), "the table is as wide as it may be");
      t.ok(seen.back, "the link to the parent folder leads back");
    }
});
