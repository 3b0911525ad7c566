// The laboratory's page with a scenario from a file of the user's own: first what is refused and what is said about a file
// that changes or is missing, then that the page shows the file's scenario with the figures that the simulator finds.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import type { Page } from "playwright-core";
import t from "tap";
import { OwnPage } from "../src/cli/own-page.ts";
import { bundlePage } from "../src/cli/page-bundle.ts";
import { servePage } from "../src/cli/page-server.ts";
import type { Own } from "../src/page/run-state/own.ts";
import { simulate } from "../src/sim/simulation.ts";
import { NO_BROWSER, settled, startBrowser, visit } from "./support/browser.ts";
import { lab, TINY } from "./support/command.ts";

const SIZE = { viewport: { width: 1280, height: 800 } } as const;
const STUDY = {
  title: "One or two",
  question: "Is one enough?",
  candidates: ["peak-ewma:decay=5s", "least-conn"],
  variants: [
    { label: "one server", scenario: { ...TINY, servers: [{ count: 1, workers: 5 }] } },
    { label: "two servers", scenario: { ...TINY, servers: [{ count: 2, workers: 3 }] } },
  ],
};

t.test("a faulty file is refused as by run, before anything is served", async (t) => {
  const folder = t.testdir({
    "mine.json": JSON.stringify({ ...TINY, servers: [{ count: 4, weigth: 2 }], durationMs: "4s" }),
  });
  const file = join(folder, "mine.json");
  const { code, stdout, stderr } = await lab("serve", file, "--no-open", "--port", "0");
  t.equal(code, 2);
  t.equal(stdout, "", "no address");
  t.match(stderr, /unknown key 'weigth'/);
  t.equal(stderr, (await lab("run", file)).stderr);
});

t.test("a scenario that is not on the page is refused", async (t) => {
  t.match(await lab("serve", "S44"), { code: 2, stderr: /'S44' is no scenario; did you mean/ });
  t.match(await lab("serve", "churn"), {
    code: 2,
    stderr: /S14 is not on the page; 'tandem lab run S14'/,
  });
  const large = JSON.stringify({ ...TINY, durationMs: 1e12 });
  const file = join(t.testdir({ "large.json": large }), "large.json");
  t.match(await lab("serve", file), {
    code: 2,
    stderr: /The page does not take --any-size; 'tandem lab run .*large\.json --any-size'/,
  });
  t.match(await lab("serve", "absent.json"), { code: 2, stderr: /absent\.json: ENOENT/ });
});

/** Runs the script as a browser would. */
function brought({ script }: OwnPage): Own {
  const context: { tandemOwn?: Own } = {};
  runInNewContext(script, context);
  return context.tandemOwn as Own;
}

t.test("a file that can no longer be read is told, and what it said before is kept", async (t) => {
  const file = join(t.testdir({ "mine.json": JSON.stringify(TINY) }), "mine.json");
  const own = await OwnPage.open({ scenario: file });
  t.match(brought(own), { start: "v=1&scenario=mine.json", faults: [] });
  const before = own.script;
  writeFileSync(file, "{");
  await own.refresh();
  const { presets, faults } = brought(own);
  t.match(presets, [{ scenario: TINY }]);
  t.match(faults, [/mine\.json:1:2 {2}not valid JSON: the file ends too early/]);
  writeFileSync(file, JSON.stringify(TINY));
  await own.refresh();
  t.equal(own.script, before);
});

/** Reads a figure's exact value. */
const exact = async (page: Page, name: string) =>
  Number(await page.locator(`[data-figure="${name}"]`).getAttribute("data-exact"));

const notice = (page: Page) => page.locator("#notice-text").textContent();

t.setTimeout(240_000); // when this file is run alone, tap allows it 30 s
t.test("files of one's own in a browser", { skip: NO_BROWSER, timeout: 230_000 }, async (t) => {
  const browser = await startBrowser(t);
  const file = join(t.testdirName, "mine.json");
  writeFileSync(file, JSON.stringify(TINY));
  const parts = await bundlePage();
  const server = await servePage(parts, 0, await OwnPage.open({ scenario: file }));
  const without = await servePage(parts, 0);
  t.teardown(() => Promise.all([browser.close(), server.close(), without.close()]));

  const { page, complaints } = await visit(browser, server.url, SIZE);
  t.equal(await page.locator("#scenario").inputValue(), "mine.json");
  t.equal(await page.locator("#scenario option:checked").textContent(), "mine.json · tiny");
  t.match(await page.locator("#needs").textContent(), "A link to this run needs mine.json.");
  await page.locator("#time").fill("4000");
  await page.waitForURL(({ hash }) => hash.includes("&t=4000&"));
  await settled(page);
  const { latency } = simulate(TINY, { algorithm: "round-robin" });
  t.equal(await exact(page, "a-mean"), latency.mean, "the very figures of the simulator");
  await page.locator("#knob-retries").fill("2");
  await page.waitForURL(({ hash }) => hash.includes("retries=2"));
  await settled(page);
  const link = new URL(page.url()).hash;
  const mean = await exact(page, "b-mean");

  await page.reload();
  await settled(page);
  t.equal(new URL(page.url()).hash, link, "a reload keeps the run");
  t.equal(await exact(page, "b-mean"), mean);
  t.equal(await notice(page), "", "nothing is wrong with it");

  writeFileSync(file, JSON.stringify(TINY).replace('"durationMs"', '"durationMS"'));
  await page.reload();
  await settled(page);
  t.match(await notice(page), /mine\.json:1:\d+ +durationMS.*as they were/s);
  t.equal(await exact(page, "b-mean"), mean, "the run stays");

  writeFileSync(file, JSON.stringify({ ...TINY, name: "other", durationMs: 5_000 }));
  await page.reload();
  await settled(page);
  t.match(await notice(page), /The scenario has changed since this link was made/);
  t.equal(await page.locator("#scenario option:checked").textContent(), "mine.json · other");

  const elsewhere = await visit(browser, without.url + link, SIZE);
  t.match(await notice(elsewhere.page), "needs the file 'mine.json': 'tandem lab serve mine.json'");

  writeFileSync(file, JSON.stringify(STUDY));
  await page.goto(server.url);
  await settled(page);
  await page.locator("#scenario").selectOption("mine.json/two servers");
  await page.waitForURL(({ hash }) =>
    hash.includes("scenario=mine.json/two%20servers&a=peak-ewma,decay:5s&b=least-conn"),
  );
  t.match(await page.locator("#question").textContent(), "Is one enough?");
  t.strictSame([...complaints, ...elsewhere.complaints], []);
});
