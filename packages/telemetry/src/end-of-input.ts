// Notices the end of the answers that a person types. The prompts of @clack/prompts notice neither Ctrl-D on an empty line
// nor the end of stdin: they would wait for ever for input that has ended, and the process would end in silence with exit
// code 0.

/** Watches stdin. `signal` is aborted at its end; `off` ends the watch. */
export function endOfInput(): { readonly signal: AbortSignal; readonly off: () => void } {
  const { stdin } = process;
  const ended = new AbortController();
  const abort = (): void => ended.abort();
  // The line editor of the prompt pauses stdin when it takes Ctrl-D for the end. In a line with text it does not.
  const onKey = (
    _: string | undefined,
    key: { readonly ctrl?: boolean; readonly name?: string },
  ) => {
    if (key.ctrl === true && key.name === "d") setImmediate(() => stdin.isPaused() && abort());
  };
  stdin.on("keypress", onKey);
  stdin.once("end", abort);
  const off = (): void => {
    stdin.off("keypress", onKey);
    stdin.off("end", abort);
  };
  return { signal: ended.signal, off };
}
