// The look of the page with a scenario of the user's own that has a long name, overloads a server and loses requests. The
// scenarios of the laboratory are in look.long.test.ts. First that what is wrong is found.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { NO_BROWSER, startBrowser } from "../../../test/support/browser.ts";
import { looksRight } from "../../../test/support/look.ts";
import { OwnPage } from "../../cli/own-page.ts";
import { bundlePage } from "../../cli/page-bundle.ts";
import { servePage } from "../../cli/page-server.ts";
import { CHECKS, lowContrast, nameless, sideways } from "./in-browser.ts";

const FAULTY = `<!doctype html><body style="background: #fff">
  <button></button><canvas></canvas><i id="a"></i><i id="a"></i>
  <p style="color: #888">pale</p>
  <p style="width: 3000px">wide</p>
  <div class="card" style="width: 90px"><i style="display: block; width: 99px"></i></div>
  <div style="width: 50px; overflow: hidden; white-space: nowrap">much too long for this box</div>`;

const SCENARIO = {
  name: "a name that is much too long for the list of scenarios on a phone",
  durationMs: 20_000,
  traffic: { kind: "open", arrivals: { kind: "poisson", rate: 100 } },
  service: { kind: "exponential", mean: 10 },
  servers: [{ count: 1 }, { count: 1, speed: 0.4 }, { count: 1 }],
  faults: [{ kind: "crash", mode: "hang", servers: [2], atMs: 100 }],
};

t.setTimeout(240_000); // when this file is run alone, tap allows it 30 s
t.test("the look of the page", { skip: NO_BROWSER, timeout: 230_000 }, async (t) => {
  const browser = await startBrowser(t);
  const page = await browser.newPage();
  await page.setContent(FAULTY);
  t.match(await page.evaluate(nameless), [
    /^no name: <button>/,
    /^no description: <canvas>/,
    /^id twice: a/,
  ]);
  t.strictSame(await page.evaluate(lowContrast), ["contrast 3.5: 'pale'"]);
  t.match(await page.evaluate(sideways), [
    /^scrolls sideways: 3\d\d\d of /,
    /^beyond the window: P/,
    /^beyond its card: I/,
    /^cut off: DIV/,
  ]);

  const scenario = join(t.testdirName, "mine.json");
  writeFileSync(scenario, JSON.stringify(SCENARIO));
  const own = await OwnPage.open({ scenario });
  const { url, close } = await servePage(await bundlePage(), 0, own);
  t.teardown(() => Promise.all([browser.close(), close()]));
  await looksRight(t, browser, { url, scenarios: ["mine.json"], checks: CHECKS });
});
