// Errors of a system call that say that this machine, or this process, has run out of something. They say
// nothing about the other side, which was never asked.

const WORDS: Readonly<Record<string, string>> = {
  EMFILE: "this process has no descriptor left",
  ENFILE: "this machine has no descriptor left",
  ENOMEM: "no memory is left",
  ENOBUFS: "no memory is left for a socket",
  EADDRNOTAVAIL: "no local port is left, or this machine has no address to reach it from",
  EAGAIN: "no local port or route is left", // connect(2)
};

/** What has run out, in words with the error's code; undefined when it was something else that went wrong. */
export function exhaustion(error: NodeJS.ErrnoException): string | undefined {
  if (error instanceof AggregateError) return exhaustionOfAll(error.errors);
  const { code = "" } = error;
  const words = WORDS[code];
  return words === undefined ? undefined : `${words} (${code})`;
}

/** Of several addresses one may have been asked. */
function exhaustionOfAll(errors: readonly NodeJS.ErrnoException[]): string | undefined {
  return errors.every((error) => exhaustion(error) !== undefined) && errors[0] !== undefined
    ? exhaustion(errors[0])
    : undefined;
}
