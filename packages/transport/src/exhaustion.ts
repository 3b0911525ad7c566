// Errors of a system call that mean that this machine, or this process, has run out of a resource. Such an error says
// nothing about the other side, because nothing was sent there.

const WORDS: Readonly<Record<string, string>> = {
  EMFILE: "this process has no descriptor left",
  ENFILE: "this machine has no descriptor left",
  ENOMEM: "no memory is left",
  ENOBUFS: "no memory is left for a socket",
  EADDRNOTAVAIL: "no local port is left, or this machine has no address to reach it from",
  EAGAIN: "no local port or route is left", // connect(2)
};

/** Returns a description of the missing resource with the error's code. Undefined when the error has another cause. */
export function exhaustion(error: NodeJS.ErrnoException): string | undefined {
  if (error instanceof AggregateError) return exhaustionOfAll(error.errors);
  const { code = "" } = error;
  const words = WORDS[code];
  return words === undefined ? undefined : `${words} (${code})`;
}

/**
 * Returns the description for attempts at several addresses. Undefined unless every attempt failed for lack of a
 * resource: otherwise some address was reached.
 */
function exhaustionOfAll(errors: readonly NodeJS.ErrnoException[]): string | undefined {
  return errors.every((error) => exhaustion(error) !== undefined) && errors[0] !== undefined
    ? exhaustion(errors[0])
    : undefined;
}
