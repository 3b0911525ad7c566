// Client-side weighted round robin (gRPC proposal A58). Servers report their load with their
// answers. The weight of a server is the number of requests per second (qps) that the server would
// handle at full utilization, reduced when requests fail:
//   weight = qps / (utilization + errors per second / qps · penalty)
// While fewer than two servers have usable reports, the configured weights are used. Otherwise the
// configured weights have no effect: a server without a usable report gets the mean weight of the
// others. In addition to A58, a failure that this balancer sees counts as an error even when the
// server does not report it.

import { isCandidate } from "./candidate.ts";
import { defineAlgorithm, PLAIN } from "./define.ts";
import type { Inspection } from "./inspection.ts";
import { Reports, type ReportsParameters } from "./load/reports.ts";
import { DURATION, numberFrom, part, tuning } from "./options.ts";
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

interface Parameters extends ReportsParameters {
  /** The time between two computations of the weights. */
  readonly updateMs: number;
}

const ENOUGH_REPORTERS = 2;

class ClientSideWrr<S extends PickServer> implements Picker<S> {
  readonly #environment: PickerEnvironment;
  readonly #updateMs: number;
  readonly #reports: Reports;
  readonly #index = new ServerIndex<S>();
  readonly #stride = new StaticStride();
  readonly #standIn: RoundRobin<S>;
  #reporters = 0;
  #updatedAt = Number.NEGATIVE_INFINITY;
  why: PickReason = "none";

  constructor(environment: PickerEnvironment, parameters: Parameters) {
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
    // A ticket (the next number of a counter) offers a turn to one server, the next ticket to the
    // next server. A light server declines some turns, the heaviest none. So n tickets find one of
    // the n servers, unless the heaviest is full, down or was tried.
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

  /**
   * Computes the weights again when `updateMs` have passed since the last computation. Called when
   * a request has ended or a server has reported, and never by `pick`, so that reading the clock
   * delays no request.
   */
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

export const clientSideWrr = defineAlgorithm({
  title: "Weighted by reports",
  idea: "Servers tell how busy they are; each gets requests in proportion to what it would serve at full use.",
  paper: "gRPC proposal A58, client-side weighted round robin",
  href: "https://github.com/grpc/proposal/blob/master/A58-client-side-weighted-round-robin-lb-policy.md",
  traits: { ...PLAIN, slowStart: false, reports: true },
  options: {
    reports: part({
      title: "reports",
      about: "what `client-side-wrr` makes of servers' load reports",
      meaning: "when a report counts, and for how much",
      keys: {
        blackout: tuning("blackoutMs", DURATION, {
          default: 10_000,
          meaning: "how long a server has to report before its reports are used",
          field: { label: "Reports used after, ms", range: [0, 30_000, 500] },
        }),
        expiry: tuning("expiryMs", DURATION, {
          default: 180_000,
          meaning: "a report older than this is ignored",
        }),
        update: tuning("updateMs", DURATION, {
          default: 1_000,
          meaning: "how often the weights are computed again",
          field: { label: "New weights every, ms", range: [100, 10_000, 100] },
        }),
        errorPenalty: tuning("errorPenalty", numberFrom(0, 100), {
          default: 1,
          meaning: "what errors cost, in utilization per error rate",
        }),
      },
    }),
  },
  picker: ClientSideWrr,
});
