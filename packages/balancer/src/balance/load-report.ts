// Parses the load that a server reports in a field of its answer: `endpoint-load-metrics` of ORCA (Envoy's Open Request
// Cost Aggregation). The field's value has a text form, `TEXT cpu_utilization=0.3,rps_fractional=10,…`, which Tandem's
// own tiers write, or a JSON form. ORCA has no keys for requests in flight and latency, so these two are reported as
// ORCA's named metrics.
import type { LoadReport } from "@tandem/algorithms";

export const LOAD_FIELD = "endpoint-load-metrics";

type Known = keyof LoadReport;
const METRICS: Readonly<Record<string, Known>> = {
  cpu_utilization: "utilization",
  // Takes precedence over cpu_utilization, because application_utilization says better how much more work an
  // application can take (gRPC A58).
  application_utilization: "utilization",
  rps_fractional: "requestsPerSecond",
  eps: "errorsPerSecond",
  "named_metrics.in_flight": "inFlight",
  "named_metrics.latency_ms": "latencyMs",
};

/** Returns the parsed report; undefined when the report has no known key. */
export function parseLoadReport(text: string): LoadReport | undefined {
  const trimmed = text.trim();
  const pairs = /^JSON\s/i.test(trimmed)
    ? jsonPairs(trimmed.slice(5))
    : /^TEXT\s/i.test(trimmed)
      ? textPairs(trimmed.slice(5))
      : [];
  const report: Partial<Record<Known, number>> = {};
  for (const [name, value] of pairs) {
    const known = Object.hasOwn(METRICS, name) ? METRICS[name] : undefined;
    if (known === undefined || !Number.isFinite(value) || value < 0) continue;
    if (name === "cpu_utilization" && report.utilization !== undefined) continue;
    report[known] = value;
  }
  return Object.keys(report).length === 0 ? undefined : report;
}

type Pair = readonly [name: string, value: number];

function textPairs(text: string): Pair[] {
  return text.split(",").map((item) => {
    const [name = "", value = ""] = item.split(/[=:]/, 2);
    return [name.trim(), value.trim() === "" ? Number.NaN : Number(value)];
  });
}

function jsonPairs(text: string): Pair[] {
  let tree: unknown;
  try {
    tree = JSON.parse(text);
  } catch {
    return [];
  }
  return flat(tree, "");
}

function flat(tree: unknown, prefix: string): Pair[] {
  if (typeof tree !== "object" || tree === null) return [];
  return Object.entries(tree).flatMap(([key, value]: [string, unknown]) =>
    typeof value === "number" ? [[prefix + key, value] as const] : flat(value, `${prefix}${key}.`),
  );
}
