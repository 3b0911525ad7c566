// Every scenario of the page: names and descriptions for screen readers, contrast, nothing beyond the window, no error in the
// browser's console. Pictures of all go to the folder named by TANDEM_SCREENSHOTS, if it is set.
import t from "tap";
import { NO_BROWSER, startBrowser } from "../../../test/support/browser.ts";
import { looksRight } from "../../../test/support/look.ts";
import { bundlePage } from "../../cli/page-bundle.ts";
import { servePage } from "../../cli/page-server.ts";
import { PRESETS } from "../run-state/presets.ts";
import { CHECKS } from "./in-browser.ts";

t.setTimeout(900_000);
t.test("every scenario looks right", { skip: NO_BROWSER, timeout: 890_000 }, async (t) => {
  const browser = await startBrowser(t);
  const { url, close } = await servePage(await bundlePage(), 0);
  t.teardown(() => Promise.all([browser.close(), close()]));
  const folder = process.env.TANDEM_SCREENSHOTS;
  const scenarios = PRESETS.map(({ name }) => name);
  t.ok(scenarios.length > 15);
  await looksRight(t, browser, {
    url,
    scenarios,
    checks: CHECKS,
    ...(folder !== undefined && { folder }),
  });
});
