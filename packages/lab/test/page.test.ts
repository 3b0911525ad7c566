// The laboratory's page in Chromium, as served and as exported. The test plays, pauses, steps, changes the algorithm,
// breaks a server and shares a link: on a desktop, on a phone and with the keyboard alone. The figures on the page must
// equal those of the simulator in Node to the last bit. Screenshots go to the folder named by TANDEM_SCREENSHOTS, if
// it is set.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import t, { type Test } from "tap";
import { bundlePage } from "../src/cli/page-bundle.ts";
import { type PageServer, servePage } from "../src/cli/page-server.ts";
import { serveCommand } from "../src/cli/serve.ts";
import { decode } from "../src/page/run-state/permalink.ts";
import { scenarioOf } from "../src/page/run-state/scenario-of.ts";
import { Simulation } from "../src/sim/simulation.ts";
import { DESKTOP, NO_BROWSER, PHONE, settled, startBrowser, visit } from "./support/browser.ts";

const screenshots = process.env.TANDEM_SCREENSHOTS;

/**
 * The parts of a browser tab's global scope that this test uses. The test sends functions to the tab, because the
 * page's Content-Security-Policy forbids code as text. TypeScript checks these functions without a browser's types,
 * so they are declared here.
 */
interface Tab {
  readonly location: { hash: string };
  readonly document: {
    readonly activeElement: { readonly className: string; blur(): void };
    getElementById(id: string): { readonly value: string };
  };
}

const hash = (page: Page) => page.evaluate(() => (globalThis as unknown as Tab).location.hash);

/** Waits until the fragment of the link contains `part`. */
const hashHas = (page: Page, part: string) =>
  page.waitForFunction((text) => (globalThis as unknown as Tab).location.hash.includes(text), part);

const hashLacks = (page: Page, part: string) =>
  page.waitForFunction(
    (text) => !(globalThis as unknown as Tab).location.hash.includes(text),
    part,
  );

/** Waits until the time of the run is past `ms`. */
const reaches = (page: Page, ms: number) =>
  page.waitForFunction(
    (past) => Number((globalThis as unknown as Tab).document.getElementById("time").value) > past,
    ms,
  );

/** Reads the time of the run from the page's link. */
const timeOf = async (page: Page) => decode(await hash(page)).atMs;

/** Reads the exact values of the figures on the screen, by name: a-mean, b-p99 … */
async function figuresOn(page: Page): Promise<Record<string, number>> {
  const pairs = await page
    .locator("[data-figure]")
    .evaluateAll((cells) =>
      cells.map((cell) => [cell.getAttribute("data-figure"), cell.getAttribute("data-exact")]),
    );
  return Object.fromEntries(pairs.map(([name, exact]) => [String(name), Number(exact)]));
}

/** Computes the same figures with the simulator in this process. */
function figuresInNode(fragment: string): Record<string, number> {
  const { state, atMs } = decode(fragment);
  const figures: Record<string, number> = {};
  for (const lane of ["a", "b"] as const) {
    const choice = state[lane];
    if (choice === undefined) continue;
    const simulation = new Simulation(scenarioOf(state), { ...choice, seed: state.seed });
    simulation.runUntil(atMs);
    const { latency, successShare, counts, imbalance } = simulation.result();
    const { mean, p50, p90, p99, p999 } = latency;
    const named = { mean, p50, p90, p99, p999, success: successShare, measured: counts.offered };
    for (const [name, value] of Object.entries({ ...named, imbalance: imbalance.maxOverMean }))
      figures[`${lane}-${name}`] = value;
  }
  return figures;
}

function sameNumbers(t: Test, found: Record<string, number>, fragment: string, what: string): void {
  const wanted = figuresInNode(fragment);
  t.ok((wanted["a-measured"] ?? 0) > 50, `${what}: something was measured`);
  for (const [name, value] of Object.entries(wanted))
    t.equal(found[name], value, `${what}: ${name}`);
}

async function fits(t: Test, page: Page, name: string): Promise<void> {
  const width = page.viewportSize()?.width ?? 0;
  const content = await page.locator("html").evaluate((element) => element.scrollWidth);
  t.ok(content <= width, `${name}: ${content} of ${width} pixels`);
  if (screenshots === undefined) return;
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `lab-${name}.png`) });
}

t.setTimeout(240_000); // when this file is run alone, tap allows it 30 s
t.test("the page in a browser", { skip: NO_BROWSER, timeout: 230_000 }, async (t) => {
  const parts = await bundlePage();
  const server: PageServer = await servePage(parts, 0);
  const browser = await startBrowser(t);
  t.teardown(async () => {
    await browser.close();
    await server.close();
  });
  await t.test("play, pause, step, another algorithm, a fault, a link", (t) =>
    atTheDesk(t, browser, server.url),
  );
  await t.test("a link opens every scenario by its name", (t) =>
    everyScenario(t, browser, server.url),
  );
  await t.test("a broken link says what is wrong", (t) => brokenLink(t, browser, server.url));
  await t.test("the page works with the keyboard alone", (t) => byKeyboard(t, browser, server.url));
  await t.test("the page works on a phone, in dark colours, with less motion", (t) =>
    onThePhone(t, browser, server.url),
  );
  await t.test("the page works as one file from a disk", (t) => asOneFile(t, browser));
});

async function atTheDesk(t: Test, browser: Browser, url: string): Promise<void> {
  const { page, complaints } = await visit(browser, url, DESKTOP);
  sameNumbers(t, await figuresOn(page), await hash(page), "at first sight");
  const began = await timeOf(page);
  await page.getByRole("button", { name: "Play" }).click();
  await reaches(page, began + 200);
  await fits(t, page, "desktop-light");
  await page.getByRole("button", { name: "Pause" }).click();
  await settled(page);
  const paused = await timeOf(page);
  t.ok(paused > began, "the time advanced");
  sameNumbers(t, await figuresOn(page), await hash(page), "after playing");

  await page.getByRole("button", { name: "Step" }).click();
  await hashLacks(page, `t=${paused}&`);
  t.ok((await timeOf(page)) - paused < 50, "a step is short");
  t.match(await page.locator(".decision").first().textContent(), /Request \d+ → s\d: .+/);

  await page.locator("#algorithm-a").selectOption("peak-ewma");
  await hashHas(page, "a=peak-ewma");
  await settled(page);
  sameNumbers(t, await figuresOn(page), await hash(page), "with another algorithm");
  t.match(await page.locator(".lane-a .idea").textContent(), /latency × queue/);

  await page.locator(".lane-a canvas.stage").click({ position: { x: 60, y: 150 } });
  await page.getByRole("button", { name: /^Kill/ }).click();
  await hashHas(page, "do=kill.");
  await settled(page);
  const broken = await timeOf(page);
  await page.getByRole("button", { name: "Play" }).click();
  await reaches(page, broken + 300);
  await page.getByRole("button", { name: "Pause" }).click();
  await settled(page);
  const link = await hash(page);
  const found = await figuresOn(page);
  sameNumbers(t, found, link, "with a dead server");
  t.ok((found["a-failed"] ?? 0) > 0, "its requests failed");

  const other = await visit(browser, url + link, DESKTOP);
  t.strictSame(await figuresOn(other.page), found, "the link restores every number");
  t.equal(await hash(other.page), link, "and itself");
  await other.page.locator("#time").fill("1000");
  await hashHas(other.page, "&t=1000&");
  await settled(other.page);
  await other.page.evaluate((hash) => {
    (globalThis as unknown as Tab).location.hash = hash;
  }, link);
  await reaches(other.page, 1_000);
  await settled(other.page);
  t.strictSame(
    await figuresOn(other.page),
    found,
    "changing the link restores them too, although the run goes back in time",
  );
  t.strictSame([...complaints, ...other.complaints], [], "the browser reports no error");
}

async function everyScenario(t: Test, browser: Browser, url: string): Promise<void> {
  const { page, complaints } = await visit(browser, url, DESKTOP);
  const names = await page
    .locator("#scenario option")
    .evaluateAll((options) =>
      options.map((option) => (option as unknown as { readonly value: string }).value),
    );
  t.ok(names.length > 10, names.join(" "));
  // Each run is opened at an early time, because a link replays the run up to its time.
  for (const name of names) {
    await page.goto(`${url}#v=1&scenario=${name}&t=50`);
    await hashHas(page, `scenario=${name}&a=`);
    await settled(page);
    t.equal(await page.locator("#scenario").inputValue(), name);
    t.notOk(await page.locator("#notice").isVisible(), `${name} opens`);
  }
  for (const method of ["maglev", "ring", "rendezvous"]) {
    await page.goto(`${url}#v=1&scenario=sandbox&a=uri,method:${method}&b=none&servers=7&t=3000`);
    await hashHas(page, "&is=");
    await hashHas(page, `method:${method}`);
    await settled(page);
    t.match(await page.locator(".lane-a .inside").textContent(), /server/, `inside ${method}`);
    sameNumbers(t, await figuresOn(page), await hash(page), method);
  }
  t.strictSame(complaints, []);
}

async function brokenLink(t: Test, browser: Browser, url: string): Promise<void> {
  const link = `${url}#v=1&scenario=nowhere&a=no-such-algorithm&load=99&t=abc`;
  const { page, complaints } = await visit(browser, link, DESKTOP);
  const notice = await page.locator("#notice-text").textContent();
  for (const word of ["'nowhere'", "'no-such-algorithm'", "'load'", "'t'"]) t.match(notice, word);
  t.match(await hash(page), /scenario=sandbox&a=round-robin&b=random&seed=1&t=0&/, "the defaults");
  await page.getByRole("button", { name: "Close" }).click();
  t.notOk(await page.locator("#notice").isVisible());
  t.strictSame(complaints, []);
}

async function byKeyboard(t: Test, browser: Browser, url: string): Promise<void> {
  const { page, complaints } = await visit(browser, url, DESKTOP);
  const began = await timeOf(page);
  await page.keyboard.press("Space");
  await reaches(page, began + 20);
  await page.keyboard.press("Space");
  await settled(page);
  const paused = await timeOf(page);
  await page.keyboard.press(".");
  await hashLacks(page, `t=${paused}&`);
  const speed = await page.locator("#speed-label").textContent();
  await page.keyboard.press("+");
  t.not(await page.locator("#speed-label").textContent(), speed, "the speed has changed");
  await page.locator(".lane-b canvas.stage").focus();
  for (const key of ["ArrowRight", "ArrowRight", "Enter"]) await page.keyboard.press(key);
  t.match(await page.locator("#server-name").textContent(), "s1");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await hashHas(page, "do=pause.1.");
  const focused = await page.evaluate(
    () => (globalThis as unknown as Tab).document.activeElement.className,
  );
  t.equal(focused, "stage", "the focus is back where it was");
  await settled(page);
  await page.evaluate(() => (globalThis as unknown as Tab).document.activeElement.blur());
  await page.keyboard.press("0");
  await hashHas(page, "&t=0&");
  t.strictSame(complaints, []);
}

async function onThePhone(t: Test, browser: Browser, url: string): Promise<void> {
  const options = { ...PHONE, colorScheme: "dark", reducedMotion: "reduce" } as const;
  const { page, complaints } = await visit(browser, url, options);
  await fits(t, page, "phone-dark");
  const began = await timeOf(page);
  await page.getByRole("button", { name: "Play" }).tap();
  await reaches(page, began + 100);
  await page.getByRole("button", { name: "Pause" }).tap();
  await settled(page);
  sameNumbers(t, await figuresOn(page), await hash(page), "on the phone");
  const small = await page.locator("button:visible").evaluateAll((buttons) =>
    buttons.flatMap((button) => {
      const { height } = button.getBoundingClientRect();
      return height < 32 ? [`${button.textContent}: ${height}`] : [];
    }),
  );
  t.strictSame(small, [], "every button can be hit with a thumb");
  await page.locator(".lane-a canvas.stage").tap({ position: { x: 40, y: 120 } });
  await page.getByRole("button", { name: /^Slow/ }).tap();
  await hashHas(page, "do=slow.");
  await page.setViewportSize({ width: 740, height: 360 });
  await fits(t, page, "phone-wide");
  t.strictSame(complaints, []);
}

/**
 * Tests that the command writes the file, and that the page works when it is opened from that file without a server.
 */
async function asOneFile(t: Test, browser: Browser): Promise<void> {
  const file = join(t.testdir(), "lab.html");
  await serveCommand().parseAsync(["node", "serve", "--export", file]);
  const { page, complaints } = await visit(browser, pathToFileURL(file).href, DESKTOP);
  const began = await timeOf(page);
  await page.getByRole("button", { name: "Play" }).click();
  await reaches(page, began + 100);
  await page.getByRole("button", { name: "Pause" }).click();
  await settled(page);
  sameNumbers(t, await figuresOn(page), await hash(page), "from a file");
  await page.reload();
  await settled(page);
  sameNumbers(t, await figuresOn(page), await hash(page), "after reloading");
  t.strictSame(complaints, []);
}

t.test("the server serves only this machine and only the files of the page", async (t) => {
  const server = await servePage(await bundlePage(), 0);
  t.teardown(() => server.close());
  t.match(server.url, /^http:\/\/127\.0\.0\.1:\d+\/$/);
  const page = await fetch(server.url);
  const policy = page.headers.get("content-security-policy") ?? "";
  t.match(policy, "default-src 'none'");
  t.notMatch(policy, /unsafe|\*|https?:/, "the policy allows nothing unsafe and no other origin");
  t.equal((await fetch(`${server.url}nothing`)).status, 404);
  t.equal((await fetch(server.url, { method: "POST" })).status, 405);
});

t.test("the command: its help, a port in use, and a port that is no number", async (t) => {
  const script = `
    const { serveCommand } = await import(${JSON.stringify(new URL("../src/cli/serve.ts", import.meta.url).href)});
    await serveCommand().parseAsync(["node", "serve", ...process.argv.slice(1)]);`;
  const run = async (...args: string[]) => {
    const child = spawn(process.execPath, ["--input-type=module", "-e", script, "--", ...args], {
      env: { PATH: process.env.PATH ?? "", HOME: t.testdirName },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (text) => (output += text));
    const [code] = await once(child, "close");
    return { code, output };
  };
  const occupied = createServer().listen(0, "127.0.0.1");
  await once(occupied, "listening");
  t.teardown(() => occupied.close());
  const address = occupied.address();
  const port = typeof address === "object" ? address?.port : 0;
  const taken = await run("--port", String(port), "--no-open");
  t.match(taken.output, `port ${port} of 127.0.0.1 is taken; choose another with --port`);
  t.equal(taken.code, 1);
  const wrong = await run("--port", "http");
  t.match(wrong.output, "A port is a whole number");
  t.equal(wrong.code, 1);
  const help = await run("--help");
  for (const word of ["--port", "--no-open", "--export"]) t.match(help.output, word);
  t.equal(help.code, 0);
});
