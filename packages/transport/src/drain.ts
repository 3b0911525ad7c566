// Drains a tier: ends its connections in a planned way. From the beginning every answer says `Connection: close`, but
// no connection is closed, so that a request that is already on its way still gets an answer. After a while idle
// connections are closed, if they have been idle for so long that no peer would send a POST on them any more. They are
// closed one after the other, so that not all clients come back at the same moment (HAProxy's close-spread-time). If
// an idle connection were closed at once, a request on its way to it would be lost, and the client could not know
// whether the request was read (RFC 9112 §9.3, §9.5; nodejs/node#60617).
import { acceptQueueEmpty } from "./accept-queue.ts";
import type { Clock } from "./clock.ts";
import { pause } from "./hold-open.ts";

/**
 * A request that may not be repeated is sent only on a connection that was used within the last `FRESH_MS`
 * milliseconds. Tandem's connections to servers follow this rule. So a tier that drains closes no connection that was
 * used more recently.
 */
export const FRESH_MS = 1_000;

/**
 * For how many milliseconds after its beginning a drain closes no connection. Twice `FRESH_MS` is
 * needed, because the peer notes later than this tier when the connection was last used, and the
 * peer's event loop may be busy.
 */
const SETTLE_MS = 2_000;
const SPREAD_MS = 1_000;
const TICK_MS = 50;
/**
 * Stored in `idleSince` in place of a time. The value means that this tier has closed the
 * connection, and the peer has not closed it yet.
 */
const LEFT = Number.POSITIVE_INFINITY;

/** A connection that a drain ends. */
export interface Drainable {
  /** Set when the drain begins. The connection's next answer is then its last, and says `Connection: close`. */
  draining: boolean;
  /** Whether no request on this connection is being read or answered. */
  readonly idle: boolean;
  /** Closes the connection. Called only while the connection is idle. */
  leave(): void;
}

export interface DrainOptions<C extends Drainable> {
  /**
   * The open connections, always up to date. The caller has to mark a connection as draining if it adds the connection
   * during the drain.
   */
  readonly connections: ReadonlySet<C>;
  readonly clock: Clock;
  /**
   * The drain ends after this many milliseconds at the latest. Connections that are still open then are left to their
   * owner.
   */
  readonly deadlineMs: number;
  /**
   * Called when the tier must stop accepting connections: after SETTLE_MS, or earlier when no connection is open. Not
   * called at once unless the tier is `replaced`, because a peer learns only after a while that it should connect
   * elsewhere.
   */
  stopAccepting(): void;
  /**
   * Whether another process or listener accepts connections at the same address. This one then stops accepting at once,
   * so that every new connection goes to the other one.
   */
  readonly replaced?: boolean | undefined;
  /**
   * Returns how many connections the listener has accepted since its start. `stopAccepting` is called when the kernel
   * holds no further ones.
   */
  accepted(): number;
  /** Whether there are accepted connections that are not in `connections` yet. While there are, the drain waits. */
  arriving?(): boolean;
}

/**
 * Resolves when the last connection is closed, or at the deadline. By then `stopAccepting` has been called. A deadline
 * below four seconds shortens SETTLE_MS and SPREAD_MS in proportion.
 */
export async function drain<C extends Drainable>(options: DrainOptions<C>): Promise<void> {
  const { connections, clock, deadlineMs, replaced = false, arriving = () => false } = options;
  const began = clock.now();
  const settleMs = Math.min(SETTLE_MS, deadlineMs / 2);
  const spreadMs = Math.min(SPREAD_MS, deadlineMs / 4);
  const idleSince = new Map<C, number>();
  let accepting = true;
  const stopAccepting = async (): Promise<void> => {
    await acceptQueueEmpty(() => options.accepted());
    accepting = false;
    options.stopAccepting();
  };
  for (const connection of connections) connection.draining = true;
  for (;;) {
    const now = clock.now();
    const settled = now - began >= settleMs;
    if (accepting && (replaced || settled || connections.size === 0)) await stopAccepting();
    const over = connections.size === 0 && !arriving();
    if (over || now - began >= deadlineMs) break;
    noteIdle(connections, idleSince, now);
    if (settled) leaveSome(idleSince, now - settleMs, began + settleMs + spreadMs - now);
    await pause(clock, TICK_MS);
  }
  if (accepting) await stopAccepting();
}

/**
 * Records when each connection became idle. A connection that is idle now and was idle at an earlier call has been
 * idle all the time in between: during a drain a connection ends with its next answer, so it cannot have answered a
 * request in between.
 */
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

/**
 * Closes some of the connections that have been idle since `before` or an earlier time. Called
 * every TICK_MS. Each call closes an equal share of these connections, so that all of them are
 * closed after `leftMs` milliseconds.
 */
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
