// Opens the laboratory's page in Chromium, like a visitor.
import { existsSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import type { Test } from "tap";

const CHROMIUM = "/usr/bin/chromium";
/** Why a test that needs a browser is skipped; false where there is one. */
export const NO_BROWSER = !existsSync(CHROMIUM) && `no browser at ${CHROMIUM}`;
export const DESKTOP = { viewport: { width: 1440, height: 900 } } as const;
export const PHONE = {
  viewport: { width: 360, height: 740 },
  deviceScaleFactor: 2,
  hasTouch: true,
} as const;

export function startBrowser(t: Test): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    env: { PATH: process.env.PATH ?? "", HOME: t.testdir() },
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
  });
}

export interface Visit {
  readonly page: Page;
  readonly complaints: string[];
}

/** Opens the page and collects every error and warning of the browser. */
export async function visit(
  browser: Browser,
  url: string,
  options: BrowserContextOptions,
): Promise<Visit> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("requestfailed", (request) => complaints.push(`${request.url()} failed`));
  await page.goto(url);
  await settled(page);
  return { page, complaints };
}

/** Waits until the run on the page stands still. */
export const settled = (page: Page): Promise<unknown> =>
  page.waitForSelector('html[data-run="still"]', { state: "attached" });
