// Builds the site and reads it: every page and every link of the result, then in Chromium, on a phone and on a desktop.
// Screenshots go to the folder that TANDEM_SCREENSHOTS names, if any.
import { spawnSync } from "node:child_process";
import { existsSync, globSync, mkdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import t from "tap";
import { readPages, urlOf } from "../src/pages.ts";
import { serveFolder } from "./static-server.ts";

const CHROMIUM = "/usr/bin/chromium";
const screenshots = process.env.TANDEM_SCREENSHOTS;
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true } as const;
const DESKTOP = { viewport: { width: 1280, height: 860 } } as const;

const out = join(t.testdir(), "site");
const { PATH, NODE_COMPILE_CACHE } = process.env;
const build = spawnSync(
  process.execPath,
  [fileURLToPath(new URL("../src/build.ts", import.meta.url)), "--out", out],
  { env: { PATH, HOME: t.testdirName, NODE_COMPILE_CACHE }, encoding: "utf8" },
);
t.equal(build.status, 0, build.stderr);
const pages = await readPages();
const files = globSync("**/*.html", { cwd: out });
const read = (file: string) => readFileSync(join(out, file), "utf8");
const idsIn = (html: string) => new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));

t.test("every page is there, and nothing was warned of", async (t) => {
  for (const { source, route, title } of pages.values()) {
    const html = read(route.replace(/\.md$/, ".html"));
    const [, shown] = /<title>(.*)<\/title>/.exec(html) ?? [];
    t.equal(
      shown
        ?.replaceAll("&#39;", "'")
        .replaceAll("&amp;", "&")
        .replace(/ \| Tandem$/, ""),
      title,
      source,
    );
  }
  t.equal(files.length, pages.size + 1, "beside them only 404.html");
  t.notMatch(build.stdout + build.stderr, /warn|error|fail/i);
});

/** Returns what is wrong with an address that a built page names; undefined when it leads to a file of the site. */
function fault(file: string, address: string): string | undefined {
  if (/^(?:https?|mailto|data):/.test(address)) return undefined;
  const [path = "", anchor = ""] = address.split("#", 2).map(decodeURIComponent);
  const target = path === "" ? file : posix.join(posix.dirname(file), path);
  if (!existsSync(join(out, target))) return `${file}: ${address} is not there`;
  if (anchor === "" || idsIn(read(target)).has(anchor)) return undefined;
  return `${file}: ${address} has no such heading`;
}

t.test("every address in the result leads somewhere within it", async (t) => {
  const faults: string[] = [];
  let addresses = 0;
  for (const file of files.filter((name) => name !== "404.html"))
    for (const [, address = ""] of read(file).matchAll(/ (?:href|src)="([^"]*)"/g)) {
      addresses++;
      const wrong = fault(file, address.replaceAll("&amp;", "&"));
      if (wrong !== undefined) faults.push(wrong);
    }
  t.same([...new Set(faults)], []);
  t.ok(addresses > 3_000, `${addresses} addresses`);
  t.ok(read("architecture.html").includes('title="packages/http/src/exchange/exchange.ts in'));
});

interface Visit {
  readonly page: Page;
  /** Requests to other hosts, failed requests, and what the browser complains of. */
  readonly complaints: string[];
}

async function visit(
  browser: Browser,
  site: string,
  options: BrowserContextOptions,
): Promise<Visit> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const complaints: string[] = [];
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(`${site}/`) && !url.startsWith("data:")) complaints.push(url);
  });
  page.on("response", (answer) => {
    if (answer.status() >= 400) complaints.push(`${answer.status()} ${answer.url()}`);
  });
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  return { page, complaints };
}

/** The parts of a browser tab's global scope that `widthsInFrames` uses, which runs there. */
interface Frame {
  src: string;
  onload: unknown;
  readonly contentDocument: { readonly documentElement: { readonly scrollWidth: number } };
  setAttribute(name: string, value: string): void;
  remove(): void;
}
interface Tab {
  readonly document: {
    readonly body: { append(frame: Frame): void };
    createElement(name: "iframe"): Frame;
  };
}
interface Framed {
  readonly addresses: readonly string[];
  readonly width: number;
}

/** Returns how wide each page is in a frame of `width` pixels: frames load faster than tabs, and may run no script. */
async function widthsInFrames({
  addresses,
  width,
}: Framed): Promise<(readonly [string, number])[]> {
  const { document } = globalThis as unknown as Tab;
  const widths: (readonly [string, number])[] = [];
  for (const address of addresses) {
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", "allow-same-origin");
    frame.setAttribute("style", `width: ${width}px; height: 844px; border: 0`);
    frame.src = address;
    await new Promise((resolve) => {
      frame.onload = resolve;
      document.body.append(frame);
    });
    widths.push([address, frame.contentDocument.documentElement.scrollWidth]);
    frame.remove();
  }
  return widths;
}

async function shoot(page: Page, name: string): Promise<void> {
  if (screenshots === undefined) return;
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `docs-${name}.png`) });
}

const missing = !existsSync(CHROMIUM) && `no browser at ${CHROMIUM}`;
t.setTimeout(200_000); // when this file is run alone, tap allows it 30 s
t.test("in a browser", { skip: missing, timeout: 180_000 }, async (t) => {
  // In a folder of its host, as sites of a project often are.
  const host = await serveFolder(dirname(out));
  const site = `${host.url}/${basename(out)}`;
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    env: { PATH: process.env.PATH ?? "", HOME: t.testdir() },
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
  });
  t.teardown(async () => {
    await browser.close();
    host.close();
  });

  await t.test("every page fits a phone, without scripts as well", async (t) => {
    const { page, complaints } = await visit(browser, site, PHONE);
    await page.goto(`${site}/404.html`);
    const widths = await page.evaluate(widthsInFrames, {
      addresses: [...pages.values()].map((one) => site + urlOf(one)),
      width: PHONE.viewport.width,
    });
    t.equal(widths.length, pages.size);
    for (const [address, width] of widths) t.equal(width, PHONE.viewport.width, address);
    const others = complaints.filter((text) => !text.startsWith("Blocked script execution"));
    t.same(others, []);
  });

  await t.test("a word is found, and the result leads to its heading", async (t) => {
    const { page, complaints } = await visit(browser, site, DESKTOP);
    await page.goto(`${site}/`);
    await page
      .getByRole("button", { name: /search/i })
      .first()
      .click();
    await page.getByRole("searchbox").fill("keepalived");
    const result = page.locator(".VPLocalSearchBox .result").first();
    await result.waitFor();
    await shoot(page, "search");
    const address = (await result.getAttribute("href")) ?? "";
    await result.click();
    await page.waitForURL(new URL(address, page.url()).href);
    await page.locator("main", { hasText: /keepalived/i }).waitFor();
    t.same(complaints, []);
  });

  await t.test("light and dark are the reader's, and kept", async (t) => {
    const dark = { ...DESKTOP, colorScheme: "dark" } as const;
    const { page, complaints } = await visit(browser, site, dark);
    await page.goto(`${site}/lab/`);
    const isDark = () => page.locator("html.dark").count();
    t.equal(await isDark(), 1);
    await shoot(page, "dark");
    await page.getByRole("switch").first().click();
    await page.locator("html:not(.dark)").waitFor();
    await page.reload();
    t.equal(await isDark(), 0);
    await shoot(page, "light");
    t.same(complaints, []);
  });

  await t.test("the menu of a phone leads on", async (t) => {
    const { page, complaints } = await visit(browser, site, PHONE);
    await page.goto(`${site}/conformance.html`);
    const width = await page.locator("html").evaluate((html) => html.scrollWidth);
    t.equal(width, PHONE.viewport.width, "with scripts");
    await page.locator(".VPLocalNav button.menu").click();
    await shoot(page, "menu");
    await page
      .getByRole("navigation")
      .getByRole("link", { name: "Watch it, ship its logs" })
      .click();
    await page.waitForURL("**/operations/monitoring.html");
    t.same(complaints, []);
  });
});
