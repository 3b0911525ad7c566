// Servers that answer with their number, a balancer's section for them, and a count of what each has answered.
import type { ConfigInput } from "@tandem/config";
import { CHECKED_ONCE, givenOrigin, type Origin } from "./given.ts";

export type Section = NonNullable<ConfigInput["balancer"]>;
type Backend = Section["backends"][string];
export type Balance = NonNullable<Backend["balance"]>;

/** Returns a section with one frontend before one backend, whose servers are `origins`. */
export function section(
  origins: readonly Origin[],
  backend: Partial<Backend>,
  threads = 1,
): Section {
  const servers = Object.fromEntries(
    origins.map(({ port }, index) => [`s${index + 1}`, { address: `127.0.0.1:${port}` }]),
  );
  return {
    threads,
    frontends: { front: { bind: "127.0.0.1:0", routes: [{ backend: "web" }] } },
    backends: { web: { servers, check: CHECKED_ONCE, ...backend } },
  };
}

/** Starts servers that answer with their number. */
export async function givenOrigins(
  count: number,
): Promise<AsyncDisposable & { readonly all: Origin[] }> {
  const all = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      givenOrigin((_request, response) => response.end(`s${index + 1}`)),
    ),
  );
  return {
    all,
    async [Symbol.asyncDispose]() {
      await Promise.all(all.map((origin) => origin.kill()));
    },
  };
}

/** Returns the number that a server answered. */
export const serverOf = (answer: string): string => answer.slice(-2);

/** Sends `requests` requests, one after the other. Returns how many of them each server has answered. */
export async function shares(ask: () => Promise<string>, requests: number) {
  const found: Record<string, number> = {};
  for (let i = 0; i < requests; i++) {
    const server = serverOf(await ask());
    found[server] = (found[server] ?? 0) + 1;
  }
  return found;
}
