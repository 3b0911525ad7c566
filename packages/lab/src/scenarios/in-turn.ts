// Does work in this thread, one piece after the other, in the order asked for. The caller of a piece goes on as soon as it
// is done, before the next one begins, and so can show how far the work is.

/** Makes a queue of work. An error belongs to the caller of that piece, and does not keep the next one from running. */
export function inTurn(): <T>(work: () => T) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
}
