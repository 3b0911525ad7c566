// Says whether this balancer is ready, for a program that chooses among balancers (keepalived, DNS checks, monitoring).
import type { Readiness } from "@tandem/telemetry";
import { healthOf } from "./chain.ts";
import type { Status } from "./status.ts";

/**
 * Returns the balancer's readiness. The status is "fail" (the admin server answers 503) only while
 * the balancer drains. Servers that are down do not make it "fail": they are down for another
 * balancer too, so choosing another balancer would not help. An expired certificate does not make
 * it "fail", because another balancer mostly has the same certificate. Servers that have not been
 * checked yet do not make it "fail", because they get requests.
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
