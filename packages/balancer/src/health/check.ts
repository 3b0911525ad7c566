// One health check of a server. As in HAProxy, a check opens a connection of its own, so that a full or broken pool
// does not make a healthy server look down. The connection is opened, and the answer is read, in the same way as for a
// request. The result has HAProxy's check_status codes.
import type { CheckConfig } from "@tandem/config";
import { parseReadiness, type Readiness } from "@tandem/telemetry/readiness";
import { type Clock, formatAddress } from "@tandem/transport";
import type { ConnectFailure } from "../pool/connect-failure.ts";
import type { Pool } from "../pool/pool.ts";
import { ask, type Reply } from "../pool/question.ts";
import type { Pending } from "../pool/reservation.ts";
import type { Server } from "../server/server.ts";

export type CheckStatus =
  | "L4OK"
  | "L6OK"
  | "L7OK"
  | "L7STS"
  | "L7TOUT"
  | "L7RSP"
  | "L6RSP"
  | "L4CON"
  | "L4TOUT"
  | "SOCKERR";

export interface CheckResult {
  /**
   * Whether the check passed. Undefined when the check could not be made, so that nothing is known about the server.
   */
  readonly passed: boolean | undefined;
  readonly status: CheckStatus;
  /** The HTTP status; 0 when there was no answer. */
  readonly code: number;
  readonly durationMs: number;
  /** The reason for the operator; empty when the check passed and the server can do all of its work. */
  readonly why: string;
  /** The server's own report of how much of its work it can do, if the server sends such a report. */
  readonly readiness?: Readiness | undefined;
}

/** Makes one check. `done` is called once, unless the check is cancelled before. */
export type Check = (done: (result: CheckResult) => void) => Pending;

export interface CheckTarget {
  readonly server: Server;
  /** A pool that keeps no idle connection, so that every check opens a new one. */
  readonly pool: Pool;
  readonly tls: boolean;
}

type Verdict = Omit<CheckResult, "durationMs">;

/** Returns the function that checks a server as `config` says. */
export function checkOf(target: CheckTarget, config: CheckConfig, clock: Clock): Check {
  return (done) => {
    const startedAt = clock.now();
    const judged = (verdict: Verdict): void =>
      done({ ...verdict, durationMs: clock.now() - startedAt });
    return config.http === undefined
      ? connectTo(target, judged)
      : askOver(target, config, clock, judged);
  };
}

function connectTo({ pool, tls }: CheckTarget, judged: (verdict: Verdict) => void): Pending {
  return pool.connect({
    connected: (connection) => {
      connection.destroy();
      judged({ passed: true, status: tls ? "L6OK" : "L4OK", code: 0, why: "" });
    },
    connectFailed: (failure) => judged(unconnected(failure)),
  });
}

function askOver(
  { server, pool }: CheckTarget,
  { http, timeout }: CheckConfig,
  clock: Clock,
  judged: (verdict: Verdict) => void,
): Pending {
  const { path = "/", host = formatAddress(server.address) } = http ?? {};
  const head = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: tandem-check\r\nConnection: close\r\n\r\n`;
  return ask(pool, {
    ...{ clock, head, timeoutMs: timeout },
    replied: (reply) => judged(verdictOn(reply, path, timeout)),
  });
}

function verdictOn(reply: Reply, path: string, timeoutMs: number): Verdict {
  switch (reply.kind) {
    case "no-connection":
      return unconnected(reply.failure);
    case "bad-answer":
      return { passed: false, status: "L7RSP", code: 0, why: reply.why };
    case "late": {
      const why = `no ${reply.connected ? "answer" : "connection"} within ${timeoutMs} ms`;
      return { passed: false, status: reply.connected ? "L7TOUT" : "L4TOUT", code: 0, why };
    }
    case "answer": {
      const { status: code, fields, report } = reply;
      const readiness = parseReadiness(fields.get("content-type"), report);
      const said = readiness?.output ?? "";
      const passed = code >= 200 && code < 400 && readiness?.status !== "fail";
      if (passed) return { passed, status: "L7OK", code, why: said, readiness };
      const why = `${path} answered ${code}${said === "" ? "" : `: ${said}`}`;
      return { passed, status: "L7STS", code, why, readiness };
    }
  }
}

const STATUS_OF: Readonly<Record<ConnectFailure["code"], CheckStatus>> = {
  "connect-refused": "L4CON",
  "connect-timeout": "L4TOUT",
  "tls-refused": "L6RSP",
  "certificate-refused": "L6RSP",
  "protocol-refused": "L7RSP",
  "out-of-resources": "SOCKERR",
};

function unconnected({ code, why }: ConnectFailure): Verdict {
  const passed = code === "out-of-resources" ? undefined : false;
  return { passed, status: STATUS_OF[code], code: 0, why };
}
