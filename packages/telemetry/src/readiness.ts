// The readiness report of a tier to the tier in front of it. It says whether the tier runs, and whether everything
// that the tier needs works. The form is "Health Check Response Format for HTTP APIs"
// (draft-inadarei-api-health-check-06), so that other balancers and monitors can read the report, and other
// applications can send one. "pass" = all works; "warn" = part of it works; "fail" = send no requests. Our additions
// to the draft: `since`, `seenBy`, `assumed` and `draining`.

export const READY_PATH = "/readyz";
export const READY_TYPE = "application/health+json";

export type ReadyStatus = "pass" | "warn" | "fail";

/** The state of one thing that the tier needs (a server, a database), as one server sees it. */
export interface ReadyCheck {
  /** The name of the server that the tier needs, or the address of the database. */
  readonly componentId: string;
  readonly status: ReadyStatus;
  /** When the thing came into this state; ISO time. */
  readonly since: string;
  /** The reason for the state, in plain words; empty when a check was made and passed. */
  readonly output: string;
  /** The server that sees this state; empty = the server that sends the report. */
  readonly seenBy: string;
  /**
   * The state is "pass" although no check was made. The server gets requests, but it is not known whether it answers
   * them.
   */
  readonly assumed?: true;
}

export interface Readiness {
  readonly status: ReadyStatus;
  /** Whether the tier is being stopped on purpose. */
  readonly draining: boolean;
  readonly output: string;
  /** The checks, grouped by the kind of thing: `application`, `database`, … */
  readonly checks: Readonly<Record<string, readonly ReadyCheck[]>>;
}

/** Returns the status code of a report; 503 = send no requests here. */
export function readyCode({ status }: Readiness): number {
  return status === "fail" ? 503 : 200;
}

/** Writes a report of this tier as text. @param serviceId box and process */
export function readyText(readiness: Readiness, serviceId: string): string {
  return `${JSON.stringify({ version: "1", serviceId, ...readiness })}\n`;
}

/**
 * Limits on a report from another process: its characters, the kinds of things in it, the checks of
 * each kind, and the characters of one text.
 */
const MOST_BYTES = 64 * 1024;
const MOST_KINDS = 16;
const MOST_CHECKS = 64;
const MOST_TEXT = 300;

/**
 * Reads a report of another tier or application; `type` is the Content-Type. Returns undefined when
 * the text is no report. Never throws; the size of the result is limited.
 */
export function parseReadiness(type: string | undefined, text: string): Readiness | undefined {
  if (type?.split(";")[0]?.trim().toLowerCase() !== READY_TYPE) return undefined;
  if (text.length > MOST_BYTES) return undefined;
  let told: unknown;
  try {
    told = JSON.parse(text);
  } catch {
    return undefined;
  }
  const status = statusOf(field(told, "status"));
  if (status === undefined) return undefined;
  const kinds = Object.entries(field(told, "checks") ?? {}).slice(0, MOST_KINDS);
  return {
    status,
    draining: field(told, "draining") === true,
    output: plain(field(told, "output")),
    checks: Object.fromEntries(kinds.map(([kind, list]) => [plain(kind), checksOf(list)])),
  };
}

function checksOf(list: unknown): readonly ReadyCheck[] {
  if (!Array.isArray(list)) return [];
  return list.slice(0, MOST_CHECKS).flatMap((told: unknown) => {
    const status = statusOf(field(told, "status"));
    if (status === undefined) return [];
    return {
      componentId: plain(field(told, "componentId")),
      status,
      since: isoTime(field(told, "since") ?? field(told, "time")),
      output: plain(field(told, "output")),
      seenBy: plain(field(told, "seenBy")),
      ...(status === "pass" && field(told, "assumed") === true && { assumed: true as const }),
    };
  });
}

/** The draft's words for a status, and the synonyms that the draft allows (§3.1). */
const STATUSES: ReadonlyMap<string, ReadyStatus> = new Map([
  ["pass", "pass"],
  ["ok", "pass"],
  ["up", "pass"],
  ["warn", "warn"],
  ["fail", "fail"],
  ["error", "fail"],
  ["down", "fail"],
]);

function statusOf(told: unknown): ReadyStatus | undefined {
  return typeof told === "string" ? STATUSES.get(told.toLowerCase()) : undefined;
}

function isoTime(told: unknown): string {
  if (typeof told !== "string" || told.length > MOST_TEXT) return "";
  const at = Date.parse(told);
  return Number.isFinite(at) ? new Date(at).toISOString() : "";
}

/** Returns the text without characters that must not reach a log line or a terminal. Long text is cut. */
function plain(told: unknown): string {
  return typeof told === "string" ? told.slice(0, MOST_TEXT).replaceAll(/\p{C}/gu, " ") : "";
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}
