// The counters of a frontend, in this thread's row of the shared memory.
import type { FrontCounters } from "@tandem/front";
import type { Exchange } from "@tandem/http/exchange";
import type { RefusalReason } from "@tandem/transport";
import {
  COUNTER,
  type Counter,
  type CounterRow,
  REFUSAL_COUNTERS,
  responseCounter,
} from "../memory/counters.ts";

export class FrontendCounters implements FrontCounters {
  readonly #row: CounterRow;

  constructor(row: CounterRow) {
    this.#row = row;
  }

  opened(): void {
    this.#add(COUNTER.sessions, 1);
    this.#add(COUNTER.current, 1);
  }

  closed(): void {
    this.#add(COUNTER.current, -1);
  }

  finished(exchange: Exchange): void {
    this.#add(COUNTER.requests, 1);
    this.#add(responseCounter(exchange.status), 1);
    this.#add(COUNTER.bytesOut, exchange.bytesSent);
    this.#add(COUNTER.bytesIn, exchange.headBytes + exchange.bytesReceived);
  }

  refused(status: number): void {
    this.#add(COUNTER.requestErrors, 1);
    this.#add(COUNTER.requests, 1);
    this.#add(responseCounter(status), 1);
  }

  /** Counts a connection that was refused before a request could be read from it. */
  turnedAway(reason: RefusalReason): void {
    this.#add(COUNTER.requestErrors, 1);
    this.#add(REFUSAL_COUNTERS[reason], 1);
  }

  #add(counter: Counter, by: number): void {
    this.#row[counter] = (this.#row[counter] ?? 0) + by;
  }
}
