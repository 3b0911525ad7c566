// The periods of a scenario's faults, which are drawn behind curves over time.
import type { Fault, Where } from "../sim/fault.ts";
import type { Scenario } from "../sim/scenario.ts";

export interface Band {
  readonly fromMs: number;
  readonly toMs: number;
  readonly label: string;
}

const places = (where: Where | undefined): string => {
  if (where === undefined) return "";
  if ("first" in where) return ` of ${where.first} servers`;
  if ("zone" in where) return ` of zone ${where.zone}`;
  return where.length === 1 ? ` of s${where[0]}` : ` of ${where.length} servers`;
};

/**
 * Returns the bands of faults that begin and end within the run. A fault that lasts for the whole run is not marked.
 */
export function bandsOf({ faults = [], durationMs, servers }: Scenario): Band[] {
  return faults.flatMap((fault) => {
    const { atMs = 0, forMs } = fault;
    if (fault.kind === "rolling-restart") {
      const count = servers.reduce((sum, group) => sum + group.count, 0);
      return [band(fault, atMs, Math.min(durationMs, atMs + count * fault.everyMs))];
    }
    if (fault.kind === "cold-start") return [band(fault, atMs, atMs + fault.decayMs)];
    return forMs === undefined ? [] : [band(fault, atMs, Math.min(durationMs, atMs + forMs))];
  });
}

const band = (fault: Fault, fromMs: number, toMs: number): Band => ({
  fromMs,
  toMs,
  label: `${fault.kind}${places(fault.servers)}`,
});
