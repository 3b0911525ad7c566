// Errors of a system call that mean that this machine, or this process, has run out of a resource. Such an error says
// nothing about the peer, because nothing was sent to the peer.

const WORDS: Readonly<Record<string, string>> = {
  EMFILE: "this process has no descriptor left",
  ENFILE: "this machine has no descriptor left",
  ENOMEM: "no memory is left",
  ENOBUFS: "no memory is left for a socket",
  EADDRNOTAVAIL: "no local port is left, or this machine has no address to reach it from",
  EAGAIN: "no local port or route is left", // the meaning of EAGAIN in connect(2)
};

/** Returns a description of the missing resource with the error's code. Undefined when the error has another cause. */
export function exhaustion(error: NodeJS.ErrnoException): string | undefined {
  if (error instanceof AggregateError) return exhaustionOfAll(error.errors);
  const { code = "" } = error;
  const words = WORDS[code];
  return words === undefined ? undefined : `${words} (${code})`;
}

/**
 * Returns the description for attempts to connect to several addresses. Undefined when at least one attempt failed for
 * another reason than a missing resource, because that attempt says something about the peer.
 */
function exhaustionOfAll(errors: readonly NodeJS.ErrnoException[]): string | undefined {
  return errors.every((error) => exhaustion(error) !== undefined) && errors[0] !== undefined
    ? exhaustion(errors[0])
    : undefined;
}
