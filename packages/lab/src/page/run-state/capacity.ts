// What the page's load slider means in a scenario.
import { loadOf } from "../../sim/load.ts";
import type { Scenario } from "../../sim/scenario.ts";

/**
 * Below this quotient of work and capacity the servers nearly always have a free worker, so the quotient says nothing
 * useful.
 */
const MEANINGFUL = 0.02;

/**
 * Whether the page's load slider sets the load itself. If not, the slider sets a multiple of the
 * scenario's traffic.
 */
export function loadIsMeaningful(scenario: Scenario): boolean {
  return scenario.traffic.kind === "open" && loadOf(scenario) >= MEANINGFUL;
}

export function serverCount({ servers }: Scenario): number {
  return servers.reduce((sum, { count }) => sum + count, 0);
}
