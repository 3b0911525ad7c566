// Starts the site on a free port, and makes visitors for it.
import { join } from "node:path";
import { type Host, startHost } from "@tandem/appserver/testing";
import * as site from "../app/index.ts";
import { Browser } from "./browser.ts";

export const PASSWORD = "a horse with opinions";
const config = { assets: join(import.meta.dirname, "..", "static") };

/** The parts of tap's test object that are used here. */
interface Testing {
  teardown(end: () => unknown): void;
  fail(message: string): unknown;
}

interface More {
  /** Keys that are added to `appserver.config`. */
  readonly config?: object;
  readonly sessions?: { readonly store: "redis"; readonly redis: { readonly url: string } };
}

/** Starts the site on the database at `url`. Keys in `more` take precedence over the configuration in this function. */
export async function open(
  t: Testing,
  folder: string,
  url: string,
  more: More = {},
): Promise<Host> {
  const host = await startHost({
    application: site,
    folder,
    appserver: {
      database: { url },
      servedBy: true,
      config: { ...config, ...more.config },
      ...(more.sessions === undefined ? {} : { sessions: more.sessions }),
    },
  });
  t.teardown(() => host.stop());
  return host;
}

/** Returns a new visitor, who is not logged in. */
export function visit(t: Testing, host: Host, address?: string): Browser {
  const browser = new Browser(host.url, address);
  t.teardown(() => browser.close());
  return browser;
}

/** Returns a visitor who has just signed up. */
export async function member(t: Testing, host: Host, name: string): Promise<Browser> {
  const browser = visit(t, host);
  const page = await browser.submit("/sign-up", "/sign-up", { name, password: PASSWORD });
  if (page.status !== 200) t.fail(`sign-up of ${name}: ${page.status} ${page.text}`);
  return browser;
}
