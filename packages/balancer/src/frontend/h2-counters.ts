// The counters of HTTP/2 of a frontend, in this thread's row of the shared memory.
import { H2_CODES, H2_ENDS, type H2Counters, type H2End } from "@tandem/http/session";
import { type CounterRow, H2_COUNTER } from "../memory/counters.ts";

const END_AT = new Map(H2_ENDS.map((why, index) => [why, H2_COUNTER.ends + index]));
/** An unknown code means the same as INTERNAL_ERROR (RFC 9113 §7). */
const INTERNAL_ERROR = H2_CODES.indexOf("INTERNAL_ERROR");

export class FrontendH2Counters implements H2Counters {
  readonly #row: CounterRow;

  constructor(row: CounterRow) {
    this.#row = row;
  }

  opened(): void {
    this.#add(H2_COUNTER.totalConnections, 1);
    this.#add(H2_COUNTER.openConnections, 1);
  }

  ended(why: H2End): void {
    this.#add(END_AT.get(why) ?? H2_COUNTER.ends, 1);
  }

  closed(): void {
    this.#add(H2_COUNTER.openConnections, -1);
  }

  streamOpened(): void {
    this.#add(H2_COUNTER.totalStreams, 1);
    this.#add(H2_COUNTER.openStreams, 1);
  }

  streamClosed(): void {
    this.#add(H2_COUNTER.openStreams, -1);
  }

  reset(by: "client" | "tandem", code: number): void {
    const first = by === "client" ? H2_COUNTER.resetsReceived : H2_COUNTER.resetsSent;
    this.#add(first + (code < H2_CODES.length ? code : INTERNAL_ERROR), 1);
  }

  #add(column: number, by: number): void {
    this.#row[column] = (this.#row[column] ?? 0) + by;
  }
}
