// Why sessions of HTTP/2 end, for the counters; and the failures by which a session itself ends a connection.
import { CANCEL, H2Failure, INTERNAL_ERROR } from "../h2/error-code.ts";

/** The reasons that are faults of the client: a slow or broken one, or an attack. */
export const CLIENT_FAULTS = [
  "late-frame",
  "takes-nothing",
  "protocol-error",
  "bad-header-block",
  "header-block-too-large",
  "hpack-bomb",
  "rapid-reset",
  "made-you-reset",
  "stream-flood",
  "bad-request-flood",
  "settings-flood",
  "ping-flood",
  "priority-flood",
  "window-update-flood",
  "idle-frame-flood",
  "empty-data-flood",
  "late-frame-flood",
  "tiny-window-flood",
  "continuation-flood",
] as const;

/** Every reason. */
export const H2_ENDS = ["client-closed", "drained", "idle", "stopped", ...CLIENT_FAULTS] as const;

export type H2End = (typeof H2_ENDS)[number];

/** Gets what is counted of the sessions of HTTP/2. */
export interface H2Counters {
  /** Called when a session begins. */
  opened(): void;
  /** Called once for each session, when it is known that it ends. Its connection may stay open for a while. */
  ended(why: H2End): void;
  /** Called once for each session, when its connection has closed. */
  closed(): void;
  streamOpened(): void;
  streamClosed(): void;
  /** Called for each RST_STREAM of the client, or of this session, with its error code. */
  reset(by: "client" | "tandem", code: number): void;
}

export const CLOSED = new H2Failure(CANCEL, "closed", "The client has closed the connection");
export const DRAINED = new H2Failure(CANCEL, "closed", "The session was drained");
export const IDLE = new H2Failure(CANCEL, "closed", "The client was idle for too long");
export const LATE = new H2Failure(CANCEL, "closed", "A frame or head did not come in time");
export const STOPPED = new H2Failure(INTERNAL_ERROR, "stopped", "The server has stopped");
export const SLOW = new H2Failure(CANCEL, "slow", "The client takes nothing of what is sent to it");

const OWN: ReadonlyMap<H2Failure, H2End> = new Map([
  [CLOSED, "client-closed"],
  [DRAINED, "drained"],
  [IDLE, "idle"],
  [LATE, "late-frame"],
  [STOPPED, "stopped"],
  [SLOW, "takes-nothing"],
]);
const BY_FAULT: ReadonlyMap<string, H2End> = new Map(CLIENT_FAULTS.map((end) => [end, end]));

/** Returns whether the session has ended the connection by itself, without a fault in the client's bytes. */
export function isOwnEnd(failure: H2Failure): boolean {
  return OWN.has(failure);
}

/** Returns the reason under which the end of a session is counted. */
export function endOf(failure: H2Failure): H2End {
  return OWN.get(failure) ?? BY_FAULT.get(failure.fault) ?? "protocol-error";
}
