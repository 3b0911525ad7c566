// Load = requests in flight, counted over all threads of this balancer, plus failed requests that
// still count. Requests that other balancers have given to the server are not counted.
import type { Outcome, PickServer } from "../picker.ts";
import { Failures } from "./failures.ts";
import type { Load } from "./load.ts";

export class InFlight<S extends PickServer> implements Load<S> {
  readonly ignoresSuccess = true;
  readonly #failures: Failures;

  constructor(now: () => number, failureMs: number) {
    this.#failures = new Failures(now, failureMs);
  }

  update(from: Int32Array): void {
    this.#failures.update(from);
  }

  begin(): void {
    this.#failures.begin();
  }

  of(index: number, server: S): number {
    return this.#failures.any ? server.inFlight + this.#failures.of(index) : server.inFlight;
  }

  /** Whether failed requests count as load now. If not, the load is the number of requests in flight. */
  get countsFailures(): boolean {
    return this.#failures.any;
  }

  ended(index: number, outcome: Outcome): void {
    this.#failures.ended(index, outcome);
  }
}
