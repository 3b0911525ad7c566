// Reads what a tier writes to its log with `accessFormat: json`: one JSON object per line, which is the record of
// a request, or a message of the application log.

/** The parts of an access record that `tandem proxy` and `tandem serve` show. */
export interface RequestRecord {
  /** When the request arrived, as an ISO time. */
  readonly time: string;
  /** Empty when the request could not be read. */
  readonly method: string;
  readonly target: string;
  /** The status of the answer; -1 when none was sent. */
  readonly status: number;
  /** Milliseconds from the first byte of the request to the last byte of the answer. */
  readonly ms: number;
  /** The name of the server; `<NOSRV>` when none was asked. */
  readonly server: string;
  /** Why the request failed; empty when it did not. */
  readonly cause: string;
}

export type LogLine =
  | { readonly kind: "request"; readonly record: RequestRecord }
  | { readonly kind: "server"; readonly server: string; readonly up: boolean; readonly why: string }
  | { readonly kind: "draining"; readonly inFlight: number; readonly drainMs: number }
  | { readonly kind: "warning"; readonly message: string };

const REFUSED = "connection refused: ";

/** A browser opens connections ahead and leaves them, so these refusals need no attention. */
const QUIET_REFUSALS: readonly string[] = ["closed", "timeout"];

/** Returns what to do where a client does not trust the certificate; the names are those of TLS alerts. */
const hint = (message: string): string =>
  /: (?:unknown ca|bad certificate|certificate unknown)$/.test(message)
    ? "; it does not trust the local authority yet, see 'trust' above"
    : "";

/** Returns what a line says; undefined for a message that needs no attention, and for a line that is no JSON object. */
export function readLogLine(line: string): LogLine | undefined {
  const fields = parsed(line);
  if (fields === undefined) return undefined;
  const text = (key: string): string => {
    const value = fields[key];
    return typeof value === "string" ? value : "";
  };
  const number = (key: string): number => {
    const value = fields[key];
    return typeof value === "number" ? value : -1;
  };
  if (!("level" in fields)) {
    const { time, method, target, server, cause } = {
      ...{ time: text("time"), method: text("method"), target: text("target") },
      ...{ server: text("server"), cause: text("cause") },
    };
    const record = {
      time,
      method,
      target,
      server,
      cause,
      status: number("status"),
      ms: number("Ta"),
    };
    return { kind: "request", record };
  }
  const message = text("msg");
  if (message === "server is UP" || message === "server is DOWN")
    return { kind: "server", server: text("server"), up: message.endsWith("UP"), why: text("why") };
  if (message === "draining")
    return { kind: "draining", inFlight: number("inFlight"), drainMs: number("drainMs") };
  if (message.startsWith(REFUSED))
    return QUIET_REFUSALS.includes(text("reason"))
      ? undefined
      : { kind: "warning", message: `${message}${hint(message)}` };
  return ["warn", "error", "fatal"].includes(text("level"))
    ? { kind: "warning", message }
    : undefined;
}

function parsed(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
