// Finds problems with the servers once everything has started, for the terminal. The table of
// processes alone would not show them: a site that answers no visitor has the same processes as a
// site that works.

import type { Config } from "@tandem/config";
import { palette } from "@tandem/telemetry/colors";
import { pause, systemClock } from "@tandem/transport";
import { askBalancer, type Expected } from "../admin-status.ts";
import { judge, type Problem } from "../site-health.ts";
import type { TierReport } from "../supervisor.ts";
import { reachable } from "../topology.ts";

/** How long servers that have just started may take to pass their checks, in milliseconds. */
const SETTLE_MS = 3000;
const POLL_MS = 100;

/**
 * Returns one line for each process, backend and service that is not well. Empty when all are well,
 * or when no balancer here can be asked. Two things are left out: backends and services without a
 * health check, whose state stays unknown until the first visitor comes; and problems with
 * certificates, which certificate-notices.ts reports.
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
