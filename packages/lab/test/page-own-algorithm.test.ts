// An algorithm of the user's own on the laboratory's page: what is refused before anything is served, what a file that
// fails shows, and that a sound file has the figures that the command finds.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { runInNewContext } from "node:vm";
import type { Page } from "playwright-core";
import t, { type Test } from "tap";
import { bundleOwn } from "../src/cli/own-bundle.ts";
import { loadOwn, makeKnown } from "../src/cli/own-files.ts";
import { OwnPage } from "../src/cli/own-page.ts";
import { bundlePage } from "../src/cli/page-bundle.ts";
import { singleFile, withOwn } from "../src/cli/page-parts.ts";
import { servePage } from "../src/cli/page-server.ts";
import { SANDBOX } from "../src/page/run-state/presets.ts";
import { Simulation } from "../src/sim/simulation.ts";
import { NO_BROWSER, settled, startBrowser, visit } from "./support/browser.ts";
import { lab } from "./support/command.ts";

const SIZE = { viewport: { width: 390, height: 844 }, colorScheme: "dark" } as const;

/** Picks the usable server with the fewest requests, by a module beside it. `body` comes first in its pick. */
const picking = (body = "") => `
  import type { Picker, PickerEnvironment, PickServer } from "@tandem/balancer/pickers";
  import { open as usable } from "./open.ts";

  export function createPicker<S extends PickServer>(
    { rng }: PickerEnvironment,
    { most = 3 }: { readonly most?: number },
  ): Picker<S> {
    let servers: readonly S[] = [];
    return {
      why: "first-choice",
      update: (list) => void (servers = list),
      pick({ tried }) {
        ${body}
        const open = usable(servers, tried);
        return open.find(({ inFlight }) => inFlight < most) ?? open[Math.floor(rng() * open.length)];
      },
    };
  }`;

const HELPER = `
  export const open = <S extends { readonly usable: boolean }>(all: readonly S[], tried: readonly S[]) =>
    all.filter((one) => one.usable && !tried.includes(one));`;

/** Writes the files into a folder of the test and returns the path of the first. */
function written(t: Test, texts: Readonly<Record<string, string>>): string {
  const folder = join(t.testdirName, "own");
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), text);
  return join(folder, Object.keys(texts)[0] ?? "");
}

t.test("a file that cannot be used is refused before anything is served", async (t) => {
  t.testdir();
  const cases: readonly (readonly [text: string, message: RegExp])[] = [
    ["export const x = ;", /mine\.ts cannot be loaded: SyntaxError/],
    ["export const other = 1;", /exports other, expected a function 'createPicker'/],
    [
      `import "node:fs"; ${picking()}`,
      /mine\.ts: the page cannot run it: .*mine\.ts imports 'node:fs', which a browser does not have; 'tandem lab run/,
    ],
    [`await 1; ${picking()}`, /cannot be made into a script: await is only valid/],
  ];
  for (const [index, [text, message]] of cases.entries()) {
    const file = written(t, { [`${index}mine.ts`]: text, "open.ts": HELPER });
    await t.rejects(OwnPage.open({ algorithms: [file] }), { exitCode: 2, message });
  }
  t.match(await lab("serve", "--no-open", "--port", "0", "--algorithms", "./absent.ts"), {
    code: 2,
    stdout: "",
    stderr: /^\.\/absent\.ts: there is no file /,
  });
  await t.rejects(OwnPage.open({ algorithms: ["least-con"] }), { message: /'least-conn'/ });
});

t.test("a file and its modules become one script, with each module once", async (t) => {
  t.testdir();
  const file = written(t, {
    "a.ts": `import { b } from "./b.js"; import data from "./data.json" with { type: "json" };
      export let runs = 0; runs++; export const createPicker = () => [b(), data.x, runs];`,
    "b.js": `import * as a from "./a.ts"; export const b = () => a.runs; export default 1;`,
    "data.json": `{ "x": 7 }`,
  });
  const { code, digest } = await bundleOwn(file, "./a.ts");
  const load = runInNewContext(code) as () => { createPicker(): unknown };
  t.equal(JSON.stringify(load().createPicker()), "[1,7,1]");
  t.equal(load(), load());
  t.equal((await bundleOwn(file, "./a.ts")).digest, digest);
  written(t, { "data.json": `{ "x": 8 }` });
  t.not((await bundleOwn(file, "./a.ts")).digest, digest, "another data, another digest");
  const failing = written(t, { "c.js": "throw new Error('not today');" });
  const fail = runInNewContext((await bundleOwn(failing, "./c.js")).code) as () => unknown;
  for (let time = 0; time < 2; time++) t.throws(fail, { message: "not today" });
});

const exact = async (page: Page, name: string) =>
  Number(await page.locator(`[data-figure="${name}"]`).getAttribute("data-exact"));

/** Waits until the run is at this time and stands still. */
async function at(page: Page, ms: number): Promise<void> {
  await page.locator("#time").fill(String(ms));
  await page.waitForURL(({ hash }) => hash.includes(`&t=${ms}&`));
  await settled(page);
}

t.setTimeout(240_000); // when this file is run alone, tap allows it 30 s
t.test("a file on the page", { skip: NO_BROWSER, timeout: 230_000 }, async (t) => {
  const browser = await startBrowser(t);
  const file = written(t, { "mine.ts": picking(), "open.ts": HELPER });
  const text = `${file}:most=2`;
  makeKnown(await loadOwn(text));
  const own = await OwnPage.open({ algorithms: [text] });
  const parts = await bundlePage();
  const server = await servePage(parts, 0, own);
  const without = await servePage(parts, 0);
  t.teardown(() => Promise.all([browser.close(), server.close(), without.close()]));

  const { page, complaints } = await visit(browser, server.url, SIZE);
  t.equal(await page.locator("#algorithm-a").inputValue(), text);
  t.equal(await page.locator("#algorithm-b").inputValue(), "round-robin");
  t.match(await page.locator(".lane-a .idea").textContent(), "An algorithm of your own");
  t.equal(await page.locator("#needs").textContent(), `A link to this run needs ${text}.`);
  await at(page, 12_000);
  const simulation = new Simulation(SANDBOX.scenario, { algorithm: text, seed: 1 });
  simulation.runUntil(12_000);
  const { latency, why } = simulation.result();
  t.equal(await exact(page, "a-mean"), latency.mean, "the very figures of the command");
  t.notOk(why.fallback);
  t.equal(await page.locator(".lane-a .own-faults").textContent(), "");
  t.equal(
    await page.locator(".lane-a .inside").textContent(),
    "Your file shows no state: its picker has no method 'inspect'.",
    "whether it keeps one is not known",
  );
  const link = new URL(page.url()).hash;
  await page.reload();
  await settled(page);
  t.equal(new URL(page.url()).hash, link, "a reload keeps the run");
  t.notOk(await page.locator("#notice").isVisible());

  const elsewhere = await visit(browser, without.url + link, SIZE);
  t.match(
    await elsewhere.page.locator("#notice-text").textContent(),
    `this link needs the file '${text}': 'tandem lab serve --algorithms ${text}'`,
  );

  const exported = join(t.testdirName, "lab.html");
  writeFileSync(exported, singleFile(withOwn(parts, own.script)));
  const alone = await visit(browser, pathToFileURL(exported).href + link, SIZE);
  t.equal(await exact(alone.page, "a-mean"), latency.mean, "in the exported page too");

  written(t, { "mine.ts": picking("if (rng() < 0.5) throw new Error('oops');") });
  await page.reload();
  await settled(page);
  t.match(
    await page.locator("#notice-text").textContent(),
    "The scenario or your algorithm has changed since this link was made",
  );
  t.match(
    await page.locator(".lane-a .own-faults").textContent(),
    /^Your file threw in pick: oops \([\d\u202f]+ times\)\.$/,
  );
  t.match(
    await page.locator(".lane-a .reasons").textContent(),
    /fallback your file failed, so least-conn chose\s*(?:49|50|51)\.\d %/,
  );
  t.equal(
    await page.locator(".lane-b .own-faults").textContent(),
    "",
    "the other lane is faultless",
  );

  written(t, { "mine.ts": "export const x = ;" });
  await page.reload();
  await settled(page);
  t.match(
    await page.locator("#notice-text").textContent(),
    /mine\.ts cannot be loaded.*as they were/s,
  );

  written(t, { "mine.ts": `if (!globalThis.process) throw new Error("no process"); ${picking()}` });
  await page.reload();
  await page.locator("#notice-text").filter({ hasText: "This run cannot be made" }).waitFor();
  t.match(await page.locator("#notice-text").textContent(), /mine\.ts.*no process/);

  written(t, { "mine.ts": picking("for (;;) {}") });
  await page.clock.install();
  await page.reload();
  const notice = page.locator("#notice-text").filter({ hasText: "in an endless loop" });
  while (!(await notice.isVisible())) await page.clock.fastForward(20_000);
  t.strictSame([...complaints, ...elsewhere.complaints, ...alone.complaints], []);
});
