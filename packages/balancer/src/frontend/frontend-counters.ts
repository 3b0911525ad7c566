// The counters of a frontend, in this thread's row of the shared memory.
import type { FrontCounters } from "@tandem/front";
import type { Exchange } from "@tandem/http/exchange";
import type { H2Counters } from "@tandem/http/session";
import type { RefusalReason } from "@tandem/transport";
import {
  COUNTER,
  type CounterRow,
  H2_COUNTER,
  REFUSAL_COUNTERS,
  responseCounter,
} from "../memory/counters.ts";
import { FrontendH2Counters } from "./h2-counters.ts";

export class FrontendCounters implements FrontCounters {
  readonly h2: H2Counters;
  readonly #row: CounterRow;

  constructor(row: CounterRow) {
    this.#row = row;
    this.h2 = new FrontendH2Counters(row);
  }

  opened(): void {
    this.#add(COUNTER.sessions, 1);
    this.#add(COUNTER.current, 1);
  }

  closed(): void {
    this.#add(COUNTER.current, -1);
  }

  finished(exchange: Exchange, protocol: string): void {
    this.#request(protocol);
    this.#add(responseCounter(exchange.status), 1);
    this.#add(COUNTER.bytesOut, exchange.bytesSent);
    this.#add(COUNTER.bytesIn, exchange.headBytes + exchange.bytesReceived);
  }

  refused(status: number, protocol: string): void {
    this.#add(COUNTER.requestErrors, 1);
    this.#request(protocol);
    this.#add(responseCounter(status), 1);
  }

  /** Counts a connection that was refused before a request could be read from it. */
  turnedAway(reason: RefusalReason): void {
    this.#add(COUNTER.requestErrors, 1);
    this.#add(REFUSAL_COUNTERS[reason], 1);
  }

  #request(protocol: string): void {
    this.#add(COUNTER.requests, 1);
    if (protocol === "h2") this.#add(H2_COUNTER.requests, 1);
  }

  #add(counter: number, by: number): void {
    this.#row[counter] = (this.#row[counter] ?? 0) + by;
  }
}
