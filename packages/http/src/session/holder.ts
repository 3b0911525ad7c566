// Who refers to the bytes of a read, so that its memory can be used again when nobody does any more.
import type { ServerExchange } from "./server-exchange.ts";

/** Whoever still refers to bytes that were read. */
export interface Holder {
  /** It refers to none any more. */
  readonly settled: boolean;
}

/** Nobody knows who. */
const FOR_EVER: Holder = { settled: false };

/**
 * Of bytes that came to a session.
 * @param before the exchange it was in
 * @param after the one it is in now; undefined = none, or some of the bytes still wait
 */
export function holderOf(
  before: ServerExchange | undefined,
  after: ServerExchange | undefined,
): Holder | undefined {
  const sink = after?.bodySink;
  if (sink?.settled === undefined) return FOR_EVER;
  if (sink.settled) return undefined;
  return before === after ? (sink as Holder) : FOR_EVER;
}
