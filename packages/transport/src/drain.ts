// The planned end of a tier's connections. At once every answer says `Connection: close`, and no connection
// is touched: a request that is on its way still gets an answer. Then what has been idle for longer than a peer
// dares to send a POST on is closed, spread over a while, so that not all come back at the same moment
// (HAProxy's close-spread-time). Closing an idle connection at once loses what is under way on it: its
// client cannot tell whether a request was seen (RFC 9112 §9.3, §9.5; nodejs/node#60617).
import type { Clock } from "./clock.ts";
import { pause } from "./hold-open.ts";

/**
 * A request that may not be repeated rides only on a connection that was used within so many milliseconds.
 * Our clients of servers keep to it, and a tier that drains closes no connection that was used more recently.
 */
export const FRESH_MS = 1_000;

/** Twice `FRESH_MS`: the peer's clock begins later than ours, and its event loop may be busy. */
const SETTLE_MS = 2_000;
const SPREAD_MS = 1_000;
const TICK_MS = 50;
/** In place of when it became idle: it was told to go, and waits for its peer's end. */
const LEFT = Number.POSITIVE_INFINITY;

/** A connection that is to end. */
export interface Drainable {
  /** Set at the beginning: its next answer is its last, and says so. */
  draining: boolean;
  /** Nothing is being asked or answered. */
  readonly idle: boolean;
  /** Ends it. Called only while it is idle. */
  leave(): void;
}

export interface DrainOptions<C extends Drainable> {
  /** Those that are open, at every moment. One that is added meanwhile has to be marked as draining. */
  readonly connections: ReadonlySet<C>;
  readonly clock: Clock;
  /** What is open then is left to its owner. */
  readonly deadlineMs: number;
  /** Until they have settled new connections are accepted: a peer learns only after a while that it should not come. */
  stopAccepting(): void;
  /** Connections under way that are not among `connections` yet. */
  arriving?(): boolean;
}

/**
 * Resolves when the last connection has gone, or at the deadline, which shortens the waits when it is below
 * four seconds. Accepts no more when it resolves.
 */
export async function drain<C extends Drainable>(options: DrainOptions<C>): Promise<void> {
  const { connections, clock, deadlineMs, arriving = () => false } = options;
  const began = clock.now();
  const settleMs = Math.min(SETTLE_MS, deadlineMs / 2);
  const spreadMs = Math.min(SPREAD_MS, deadlineMs / 4);
  const idleSince = new Map<C, number>();
  let accepting = true;
  const stopAccepting = async (): Promise<void> => {
    // What the kernel has taken for us is reset by closing: right after a poll there is nothing of it.
    await new Promise<void>((resolve) => setImmediate(resolve));
    accepting = false;
    options.stopAccepting();
  };
  for (const connection of connections) connection.draining = true;
  for (;;) {
    const now = clock.now();
    const settled = now - began >= settleMs;
    if (accepting && (settled || connections.size === 0)) await stopAccepting();
    const over = connections.size === 0 && !arriving();
    if (over || now - began >= deadlineMs) break;
    noteIdle(connections, idleSince, now);
    if (settled) leaveSome(idleSince, now - settleMs, began + settleMs + spreadMs - now);
    await pause(clock, TICK_MS);
  }
  if (accepting) await stopAccepting();
}

/** A connection that answers once more ends by that, so what was seen idle has been idle since. */
function noteIdle<C extends Drainable>(
  connections: ReadonlySet<C>,
  idleSince: Map<C, number>,
  now: number,
): void {
  for (const connection of idleSince.keys()) {
    if (!connections.has(connection)) idleSince.delete(connection);
  }
  for (const connection of connections) {
    if (!connection.idle) idleSince.delete(connection);
    else if (!idleSince.has(connection)) idleSince.set(connection, now);
  }
}

/** Closes as many of those that have been idle long enough as it takes to be done with all after `leftMs`. */
function leaveSome<C extends Drainable>(
  idleSince: Map<C, number>,
  before: number,
  leftMs: number,
): void {
  const due = [...idleSince].filter(([{ idle }, since]) => idle && since <= before);
  const ticks = Math.max(1, Math.ceil(leftMs / TICK_MS));
  for (const [connection] of due.slice(0, Math.ceil(due.length / ticks))) {
    connection.leave();
    idleSince.set(connection, LEFT);
  }
}
