// Looks at the page as a visitor does, at the width of a phone and of a desktop, in light and in dark colours.
import type { Browser } from "playwright-core";
import type { Test } from "tap";
import { settled, visit } from "./browser.ts";

const SIZES = [
  { viewport: { width: 390, height: 844 }, hasTouch: true },
  { viewport: { width: 1280, height: 800 } },
] as const;

export interface Looked {
  readonly url: string;
  readonly scenarios: readonly string[];
  /** Run in the browser. Each returns what is wrong. */
  readonly checks: readonly (() => readonly string[])[];
  /** Gets a picture of every scenario, if it is given. */
  readonly folder?: string;
}

/** Tests that the checks find nothing wrong with any of the scenarios. */
export async function looksRight(
  t: Test,
  browser: Browser,
  { url, scenarios, checks, folder }: Looked,
): Promise<void> {
  for (const size of SIZES)
    for (const colorScheme of ["light", "dark"] as const) {
      const { page, complaints } = await visit(browser, url, { ...size, colorScheme });
      for (const name of scenarios) {
        const what = `${name}, ${size.viewport.width} pixels, ${colorScheme}`;
        await page.goto(`${url}#v=1&scenario=${encodeURIComponent(name)}`);
        const shown = `scenario=${encodeURIComponent(name).replaceAll("%2F", "/")}&`;
        await page.waitForURL(({ hash }) => hash.includes(shown) && hash.includes("&is="));
        await settled(page);
        const wrong: string[] = [];
        for (const check of checks) wrong.push(...(await page.evaluate(check)));
        t.strictSame(wrong, [], what);
        if (folder !== undefined)
          await page.screenshot({ path: `${folder}/lab-${what}.png`, fullPage: true });
      }
      t.strictSame(complaints, [], "the browser reports nothing");
      await page.context().close();
    }
}
