// Waits for the moment at which a listener may close. The kernel completes the handshakes of new connections by itself
// and holds them in the listener's accept queue. When a listener closes, the kernel resets the connections in its queue
// (unless net.ipv4.tcp_migrate_req gives them to another listener on the port). Node takes one connection out of the
// queue in each turn of the event loop, so a queue that has grown while the process was busy needs many turns.

/** How many connections the kernel may hold for a listener. */
export const BACKLOG = 1024;

/**
 * Resolves directly after a turn of the event loop in which the listener accepted nothing. `accepted` returns how many
 * connections the listener has accepted so far. A listener that closes at once then loses only a connection that came
 * within that turn. When more connections come all the time, resolves after `BACKLOG` turns: all connections that
 * waited at the beginning have been accepted by then.
 */
export async function acceptQueueEmpty(accepted: () => number): Promise<void> {
  await turnOver(); // the caller may run in the middle of a turn, which has polled already
  for (let turns = 0; turns < BACKLOG; turns += 1) {
    const before = accepted();
    await turnOver();
    if (accepted() === before) return;
  }
}

/** Resolves after the event loop has polled, before it does anything else. */
function turnOver(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
