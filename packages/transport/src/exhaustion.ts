// Errors of a system call that say that this machine, or this process, has run out of something. They say
// nothing about the other side, which was never asked.

const EXHAUSTED: ReadonlySet<string> = new Set([
  "EMFILE", // descriptors of this process
  "ENFILE", // descriptors of this machine
  "ENOMEM",
  "ENOBUFS",
  "EADDRNOTAVAIL", // no local port is left towards that address, or there is no such local address
  "EAGAIN", // no local port, no memory for a route: connect(2)
]);

/** Whether that is what went wrong; of several attempts, the first of all. */
export function isExhaustion(error: NodeJS.ErrnoException): boolean {
  if (error instanceof AggregateError)
    return error.errors.length > 0 && error.errors.every(isExhaustion);
  return error.code !== undefined && EXHAUSTED.has(error.code);
}
