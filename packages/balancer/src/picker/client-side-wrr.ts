// Client-side weighted round robin (gRPC proposal A58): servers report their load with their answers, and a
// server's weight is how many requests a second it would serve at full utilization, less for errors:
//   weight = qps / (utilization + errors per second / qps · penalty)
// The configured weights only count until two servers have reported; then their reports know better.
// Beyond A58: failures seen from here count as errors even when the server does not tell of them.

import { isCandidate } from "./candidate.ts";
import type { Inspection } from "./inspection.ts";
import { Reports } from "./load/reports.ts";
import type { ClientSideWrrParameters } from "./parameters.ts";
import type {
  LoadReport,
  Outcome,
  PickContext,
  Picker,
  PickerEnvironment,
  PickServer,
} from "./picker.ts";
import type { PickReason } from "./reason.ts";
import { StaticStride } from "./rotation/static-stride.ts";
import { RoundRobin } from "./round-robin.ts";
import { ServerIndex } from "./server-index.ts";

const ENOUGH_REPORTERS = 2;

export class ClientSideWrr<S extends PickServer> implements Picker<S> {
  readonly #environment: PickerEnvironment;
  readonly #updateMs: number;
  readonly #reports: Reports;
  readonly #index = new ServerIndex<S>();
  readonly #stride = new StaticStride();
  readonly #standIn: RoundRobin<S>;
  #reporters = 0;
  #updatedAt = Number.NEGATIVE_INFINITY;
  why: PickReason = "none";

  constructor(environment: PickerEnvironment, parameters: ClientSideWrrParameters) {
    this.#environment = environment;
    this.#updateMs = parameters.updateMs;
    this.#reports = new Reports(parameters);
    this.#standIn = new RoundRobin(environment);
  }

  update(servers: readonly S[]): void {
    const now = this.#environment.now();
    this.#reports.update(this.#index.update(servers, now));
    this.#standIn.update(servers);
    this.#weigh(now);
  }

  pick(context: PickContext<S>): S | undefined {
    if (this.#reporters < ENOUGH_REPORTERS) return this.#withoutReports(context, "fallback");
    const { servers } = this.#index;
    this.why = "first-choice";
    // The heaviest accepts every turn, so one round finds somebody unless it is full.
    for (let turns = 2 * servers.length; turns > 0; turns--) {
      const server = servers[this.#stride.at(this.#environment.ticket())];
      if (server === undefined) continue;
      if (isCandidate(server, context.tried)) return server;
      this.why = "next";
    }
    return this.#withoutReports(context, "next");
  }

  ended(server: S, outcome: Outcome, ms: number): void {
    const index = this.#index.ofLife(server, this.#environment.now, ms);
    if (index >= 0 && outcome !== "cancelled") this.#reports.ended(index, outcome !== "ok");
    this.#weighWhenDue();
  }

  report(server: S, load: LoadReport): void {
    const index = this.#index.of(server);
    if (index >= 0) this.#reports.add(index, load, this.#environment.now());
    this.#weighWhenDue();
  }

  inspect(): Inspection {
    const { weights } = this.#reports;
    const known = this.#reporters >= ENOUGH_REPORTERS ? this.#index.servers : [];
    return {
      kind: "weights",
      weights: known.map(({ name }, index) => ({ server: name, value: weights[index] ?? 0 })),
    };
  }

  #withoutReports(context: PickContext<S>, why: PickReason): S | undefined {
    const server = this.#standIn.pick(context);
    this.why = server === undefined ? "none" : why;
    return server;
  }

  /** On the way back of a request, where reading the clock delays nobody. */
  #weighWhenDue(): void {
    const now = this.#environment.now();
    if (now - this.#updatedAt >= this.#updateMs) this.#weigh(now);
  }

  #weigh(now: number): void {
    this.#updatedAt = now;
    this.#reporters = this.#reports.weigh(now);
    if (this.#reporters >= ENOUGH_REPORTERS) this.#stride.update(this.#reports.weights);
  }
}
