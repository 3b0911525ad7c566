// Lists the parts of the system that requests to one backend need, and says of each part whether it works. The parts
// are the servers of the backend, judged by their health checks, and what these servers name in their own reports:
// the servers behind them, the database and others.
import type { Readiness, ReadyCheck } from "@tandem/telemetry";
import type { Server } from "../server/server.ts";
import type { TrafficResult } from "./live-traffic.ts";
import type { HealthReport } from "./monitor.ts";

/** A server, with the results of its checks. */
export interface Checked {
  readonly server: Server;
  readonly report: HealthReport | undefined;
}

/** The parts by their kind, such as web, application or database, in the order in which a request meets them. */
export type SystemParts = ReadonlyMap<string, readonly ReadyCheck[]>;

/** @param kind the key in the result for the backend's own servers, such as the backend's name */
export function systemPartsOf(kind: string, servers: readonly Checked[]): SystemParts {
  const all = new Map<string, ReadyCheck[]>([[kind, servers.map(ownCheck)]]);
  for (const { server, report } of servers) {
    const { readiness, passed } = report?.last ?? {};
    if (readiness === undefined || passed !== true || server.state !== "up") continue;
    for (const [behind, checks] of Object.entries(readiness.checks)) {
      const known = all.get(behind) ?? [];
      all.set(behind, known);
      for (const check of checks) add(known, { ...check, seenBy: check.seenBy || server.name });
    }
  }
  return all;
}

/**
 * Returns the readiness of a tier that depends on these servers. The tier can do all of its work
 * while at least one of these servers can do all of its work.
 */
export function readinessBefore(kind: string, servers: readonly Checked[]): Readiness {
  const parts = systemPartsOf(kind, servers);
  const own = parts.get(kind) ?? [];
  const able = own.some(({ status }) => status === "pass");
  const why = own.map(({ componentId, output }) => `${componentId}: ${output}`).join("; ");
  return {
    status: able ? "pass" : "warn",
    draining: false,
    output: able ? "" : `no ${kind} server can do all of its work (${why})`,
    checks: Object.fromEntries(parts),
  };
}

function ownCheck({ server, report }: Checked): ReadyCheck {
  const { at, ...judgement } = judged(server, report);
  const began = at ?? report?.changedAt;
  const since = began === undefined ? "" : new Date(began).toISOString();
  return { componentId: server.name, ...judgement, since, seenBy: "" };
}

interface Judgement extends Pick<ReadyCheck, "status" | "output" | "assumed"> {
  /** When `status` began, in wall clock milliseconds; absent = `status` began when the server's state last changed. */
  readonly at?: number;
}

function judged({ state, up }: Server, report: HealthReport | undefined): Judgement {
  const { last, failingAt, degradedAt, traffic } = report ?? {};
  const words = last === undefined ? "" : `${last.status} ${last.why}`.trim();
  if (state === "draining" || state === "maint")
    return { status: "fail", output: `${state}, as an operator has set it` };
  if (state === "down") return { status: "fail", output: words };
  if (!up) return { status: "fail", output: "weight 0: it gets no new requests" };
  if (failingAt !== undefined)
    return { status: "warn", at: failingAt, output: `${words} (not DOWN yet)` };
  if (degradedAt !== undefined) return { status: "warn", at: degradedAt, output: last?.why ?? "" };
  if (last === undefined ? traffic !== "answers" : traffic === "fails")
    return { status: "pass", output: unseen(traffic), assumed: true };
  return { status: "pass", output: "" };
}

/** Returns the reason why it is not known whether a server works, and a setting that would show whether it works. */
function unseen(traffic: TrafficResult | undefined): string {
  if (traffic === undefined) return "no check of it could be made yet";
  const told =
    traffic === "fails"
      ? "the last requests to it failed"
      : "no request has shown yet that it works";
  return `no check looks at it, and ${told}; add check: tcp or check: { http: { path: /healthz } } beside its servers`;
}

/**
 * Adds a report about a part to `known`. Two webservers, for example, may both pass on what one
 * application server reported about the database. Then the worse report counts, because it is
 * probably the newer report.
 */
function add(known: ReadyCheck[], check: ReadyCheck): void {
  const at = known.findIndex(
    ({ componentId, seenBy }) => componentId === check.componentId && seenBy === check.seenBy,
  );
  const before = known[at];
  if (before === undefined) known.push(check);
  else if (RANK[check.status] > RANK[before.status]) known[at] = check;
}

const RANK = { pass: 0, warn: 1, fail: 2 } as const;
