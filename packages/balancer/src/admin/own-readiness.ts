// What this balancer can do, for a program that chooses among balancers (keepalived, DNS checks, monitoring).
import type { Readiness } from "@tandem/telemetry";
import type { Status } from "./status.ts";

/**
 * 503 only while it drains: a balancer whose servers are away is no worse than one beside it that sees the same. Servers
 * that no check has looked at take nothing from it: it can serve.
 */
export function readinessOf({ draining, health, problems, backends }: Status): Readiness {
  if (draining) return { status: "fail", draining, output: "draining", checks: {} };
  const well = health === "healthy" || health === "unknown";
  const known = problems.filter(({ state }) => state !== "unknown");
  return {
    status: well ? "pass" : "warn",
    draining,
    output: known.map(({ name, state, why }) => `${name} ${state}: ${why}`).join("; "),
    checks: Object.fromEntries(
      backends.flatMap(({ chain }) => chain.map(({ name, parts }) => [name, parts])),
    ),
  };
}
