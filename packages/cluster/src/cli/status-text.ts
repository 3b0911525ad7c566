// The text of `tandem status` for a person: the verdict, the state of each link that a request passes, the problems
// with the times when they began, and the processes.
import { palette } from "@tandem/telemetry/colors";
import type { BalancerStatus, LinkStatus, ServerStatus } from "../admin-status.ts";
import type { RunReport } from "../run-file.ts";
import type { Problem, SiteHealth } from "../site-health.ts";
import type { TierReport } from "../supervisor.ts";
import { table } from "./terminal.ts";

export interface StatusFacts {
  readonly site: string;
  /** The ISO time at which this status was made. */
  readonly at: string;
  readonly health: SiteHealth;
  readonly problems: readonly Problem[];
  readonly runs: readonly RunReport[];
  readonly balancer: BalancerStatus | undefined;
}

export function statusText({ site, at, health, problems, runs, balancer }: StatusFacts): string {
  const { bold, green, yellow, red } = palette();
  const paint = { healthy: green, unknown: yellow, degraded: yellow, down: red }[health];
  const tiers = runs.flatMap((run) => run.tiers);
  const lines = [`${bold(site)}: ${paint(health)}`, ""];
  if (balancer !== undefined && balancer.links.length > 0) lines.push(...ways(balancer), "");
  if (problems.length > 0) lines.push(...problems.map((problem) => problemLine(problem, at)), "");
  if (tiers.length === 0) lines.push("no 'tandem up' of this site runs here", "");
  else lines.push(...tierTable(tiers, at), "");
  if (balancer !== undefined) {
    const head = ["BACKEND", "SERVER", "STATE", "FOR", "WHY"];
    lines.push(...table([head, ...balancer.servers.map(serverRow)]));
  }
  return lines.join("\n").trimEnd();
}

/**
 * Returns one line for each backend, with the state of every link that a request passes: `balancer
 * up → web up → application degraded → database up`.
 */
function ways({ links, draining }: BalancerStatus): string[] {
  const { green, yellow, red } = palette();
  const paint = (state: string): string =>
    state === "up" ? green(state) : state === "down" ? red(state) : yellow(state);
  const one = ({ name, state }: Pick<LinkStatus, "name" | "state">): string =>
    `${name} ${paint(state)}`;
  const first = { name: "balancer", state: draining ? "draining" : "up" };
  const backends = Map.groupBy(links, ({ backend }) => backend);
  return [...backends.values()].map((chain) => [first, ...chain].map(one).join(" → "));
}

function problemLine({ name, state, since, why }: Problem, at: string): string {
  const age = since === "" ? "" : ` for ${duration(Date.parse(at) - Date.parse(since))}`;
  return `${name} is ${state}${age}: ${why}`;
}

function serverRow(row: ServerStatus): string[] {
  const { backend, server, state, degraded, checked, forSeconds, why } = row;
  const age = forSeconds === undefined ? "" : duration(forSeconds * 1000);
  // The states are written as in HAProxy. But a server that no health check has tested is not shown as UP.
  const word = state === "UP" && !checked ? "no check" : state;
  return [backend, server, degraded ? `${word}, degraded` : word, age, why];
}

export function tierTable(tiers: readonly TierReport[], at: string): string[] {
  const head = ["BOX", "TIER", "STATE", "PID", "FOR", "RESTARTS"];
  return table([head, ...tiers.map((tier) => tierRow(tier, at))]);
}

function tierRow(report: TierReport, at: string): string[] {
  const { box, tier, state, pid, since: startedAt, stateSince = startedAt, restarts } = report;
  const since = state === "ready" ? startedAt : stateSince;
  const pidText = pid === undefined || state === "gone" ? "-" : String(pid);
  const age = state === "gone" ? "-" : duration(Date.parse(at) - Date.parse(since));
  return [box, tier, state, pidText, age, String(restarts)];
}

/** Returns a duration in its two largest units: `3d 4h`, `5m 12s`. */
export function duration(ms: number): string {
  let rest = Math.max(0, Math.floor(ms / 1000));
  const parts: string[] = [];
  for (const [unit, seconds] of Object.entries({ d: 86_400, h: 3600, m: 60, s: 1 })) {
    const count = Math.floor(rest / seconds);
    rest -= count * seconds;
    if (count > 0 || parts.length > 0 || unit === "s") parts.push(`${count}${unit}`);
  }
  return parts.slice(0, 2).join(" ");
}
