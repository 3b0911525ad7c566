// What is wrong with the servers when everything has started, for the terminal: a site that answers no visitor looks as busy
// in a table of processes as one that works.
import type { Config } from "@tandem/config";
import { pause, systemClock } from "@tandem/transport";
import { askBalancer, type Expected } from "../admin-status.ts";
import { judge, type Problem } from "../site-health.ts";
import type { TierReport } from "../supervisor.ts";
import { reachable } from "../topology.ts";
import { palette } from "./terminal.ts";

/** Servers that have just started are given this long to pass their checks. */
const SETTLE_MS = 3000;
const POLL_MS = 100;

/**
 * One line for each link or process that is not well; empty when all is, or when no balancer here can be asked. What no
 * check looks at is left out: before the first visitor nothing can be known of it, and there is nothing to wait for.
 * Certificates have notices of their own.
 */
export async function serverNotices(
  { site, balancer }: Config,
  reports: readonly TierReport[],
): Promise<readonly string[]> {
  const bind = balancer?.admin?.bind;
  if (bind === undefined || !reports.some(({ tier }) => tier === "balancer")) return [];
  const { red } = palette(process.stderr);
  const problems = await settled(reachable(bind), { site, box: undefined }, reports);
  return problems.map(({ name, state, why }) =>
    red(`${name} is ${state}${why === "" ? "" : `: ${why}`}`),
  );
}

async function settled(
  admin: string,
  expected: Expected,
  reports: readonly TierReport[],
): Promise<readonly Problem[]> {
  const until = systemClock.now() + SETTLE_MS;
  for (;;) {
    const { balancer: told, stranger } = await askBalancer(admin, expected);
    const balancer = told && { ...told, ailingFrontends: [] };
    const { problems } = judge({ runs: [{ tiers: reports }], balancer, stranger, admin });
    const known = problems.filter(({ state }) => state !== "unknown");
    if (known.length === 0 || systemClock.now() >= until) return known;
    await pause(systemClock, POLL_MS);
  }
}
