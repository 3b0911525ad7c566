// The charts of the laboratory's page in Chromium, for runs whose answers take the same time and of which some lose
// requests: without what is lost the charts would be alike. The first two runs are alike, so they have to look alike.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import t from "tap";
import { OwnPage } from "../src/cli/own-page.ts";
import { bundlePage } from "../src/cli/page-bundle.ts";
import { servePage } from "../src/cli/page-server.ts";
import { NO_BROWSER, settled, startBrowser, visit } from "./support/browser.ts";

/** Every answer takes 10 ms, whatever happens to other requests. */
const BASE = {
  name: "all alike",
  durationMs: 20_000,
  traffic: { kind: "open", arrivals: { kind: "poisson", rate: 200 } },
  service: { kind: "constant", value: 10 },
  servers: [{ count: 2, workers: 100 }],
};
const HANGS = { kind: "crash", mode: "hang", servers: [1], atMs: 10_000 };

/** Each variant with what it loses in the first 15 s. */
const VARIANTS = {
  healthy: [{}, ""],
  "healthy too": [{ name: "another name" }, ""],
  failing: [{ faults: [{ kind: "errors", servers: [1], share: 0.11 }] }, "lost: A 5.\\d %"],
  "never answered": [{ faults: [HANGS] }, "lost: A 1\\d.\\d %"],
  "timed out": [{ faults: [HANGS], client: { timeoutMs: 300 } }, "lost: A 1\\d.\\d %"],
} as const;

/** Returns a picture as soon as it no longer changes. */
async function picture(page: Page, canvas: string): Promise<Buffer> {
  let former = await page.locator(canvas).screenshot();
  for (;;) {
    const next = await page.locator(canvas).screenshot();
    if (next.equals(former)) return next;
    former = next;
  }
}

/** Opens a variant at 15 s. Returns pictures of both charts, and the figures of the good answers. */
async function charts(page: Page, url: string, variant: string) {
  await page.goto(`${url}#v=1&scenario=mine.json/${variant}&a=round-robin&b=none&t=15000`);
  const name = encodeURIComponent(variant);
  await page.waitForURL(({ hash }) => hash.includes(`mine.json/${name}&`) && hash.includes("&is="));
  await settled(page);
  const lost = new RegExp(`^${VARIANTS[variant as keyof typeof VARIANTS][1]}$`);
  await page.locator("#lost").filter({ hasText: lost }).waitFor({ state: "attached" });
  const figures = page.locator("[data-figure^=a-p]");
  return {
    overTime: await picture(page, "#strip canvas"),
    tail: await picture(page, "#tail canvas"),
    latencies: await figures.evaluateAll((cells) =>
      cells.slice(0, 4).map((cell) => cell.getAttribute("data-exact")),
    ),
  };
}

t.setTimeout(240_000); // when this file is run alone, tap allows it 30 s
t.test("what is lost is in the charts", { skip: NO_BROWSER, timeout: 230_000 }, async (t) => {
  const browser = await startBrowser(t);
  const scenario = join(t.testdirName, "mine.json");
  const variants = Object.entries(VARIANTS).map(([label, [more]]) => ({
    label,
    scenario: { ...BASE, ...more },
  }));
  writeFileSync(scenario, JSON.stringify({ variants }));
  const server = await servePage(await bundlePage(), 0, await OwnPage.open({ scenario }));
  t.teardown(() => Promise.all([browser.close(), server.close()]));
  // The window shows both charts at once, because the bar with the time line covers what is scrolled below it.
  const { page } = await visit(browser, server.url, { viewport: { width: 1280, height: 1600 } });
  const healthy = await charts(page, server.url, "healthy");
  const again = await charts(page, server.url, "healthy too");
  t.ok(healthy.overTime.equals(again.overTime), "pictures of like runs are alike");
  t.ok(healthy.tail.equals(again.tail));
  for (const variant of ["failing", "never answered", "timed out"]) {
    const { overTime, tail, latencies } = await charts(page, server.url, variant);
    t.strictSame(latencies, healthy.latencies, `${variant}: the good answers are alike`);
    t.notOk(overTime.equals(healthy.overTime), `${variant}: latency over time shows it`);
    if (variant !== "failing")
      t.notOk(tail.equals(healthy.tail), `${variant}: how many take longer shows it`);
  }
});
