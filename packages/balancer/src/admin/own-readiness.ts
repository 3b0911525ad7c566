// What this balancer can do, for a program that chooses among balancers (keepalived, DNS checks, monitoring).
import type { Readiness } from "@tandem/telemetry";
import { healthOf } from "./chain.ts";
import type { Status } from "./status.ts";

/**
 * 503 only while it drains: a balancer whose servers are away is no worse than one beside it that sees the same. Servers
 * that no check has looked at take nothing from it: it can serve. A certificate that has expired takes
 * nothing from it either: the balancer beside it mostly shows the same one.
 */
export function readinessOf({ draining, problems, backends }: Status): Readiness {
  if (draining) return { status: "fail", draining, output: "draining", checks: {} };
  const health = healthOf(backends.map(({ chain }) => chain));
  const well = health === "healthy" || health === "unknown";
  const known = problems.filter(({ backend, state }) => backend !== "" && state !== "unknown");
  return {
    status: well ? "pass" : "warn",
    draining,
    output: known.map(({ name, state, why }) => `${name} ${state}: ${why}`).join("; "),
    checks: Object.fromEntries(
      backends.flatMap(({ chain }) => chain.map(({ name, parts }) => [name, parts])),
    ),
  };
}
