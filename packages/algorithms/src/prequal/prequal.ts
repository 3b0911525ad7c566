// Prequal (Wydrowski et al., "Load is not what you should balance: introducing Prequal", NSDI'24).
// Servers are probed all the time, and requests do not wait for probes. A pick looks at the pool of
// probe answers and takes a fast server among the servers that are not busy. Prequal is best with
// many servers of uneven speed. With few equal CPU-bound servers an up-to-date count of requests is
// better, as the laboratory shows.
//
// The code differs from the paper in four points. A server's requests in flight are divided by its weight. Failed
// requests stay counted as requests in flight for a while; the paper only mentions such a protection against a server
// that fails fast. When the pool has room for all servers, an answer leaves the pool only by age. While fewer than
// two answers are known, the pick compares this balancer's requests in flight on two random servers, where the paper
// picks one server at random.
import { isCandidate } from "../candidate.ts";
import { failurePenalty } from "../common-options.ts";
import { defineAlgorithm, PLAIN } from "../define.ts";
import { Dice } from "../dice.ts";
import type { Inspection } from "../inspection.ts";
import { Failures } from "../load/failures.ts";
import type {
  LoadReport,
  Outcome,
  PickContext,
  Picker,
  PickerEnvironment,
  PickServer,
} from "../picker.ts";
import { Random } from "../random.ts";
import type { PickReason } from "../reason.ts";
import { ServerIndex } from "../server-index.ts";
import { reuseBudget, roundRandomly } from "./budget.ts";
import { compareHcl } from "./hcl.ts";
import { type PrequalParameters, probes } from "./options.ts";
import { ProbePool } from "./probe-pool.ts";
import { ProbeSchedule } from "./probe-schedule.ts";
import { RifQuantile } from "./rif-quantile.ts";

/**
 * With fewer probe answers than this, the pick compares the requests in flight on two random
 * servers instead.
 */
const LEAST_ANSWERS = 2;

class Prequal<S extends PickServer> implements Picker<S> {
  readonly #environment: PickerEnvironment;
  readonly #parameters: PrequalParameters;
  readonly #index = new ServerIndex<S>();
  readonly #dice: Dice;
  readonly #pool: ProbePool;
  readonly #rifs = new RifQuantile();
  readonly #schedule: ProbeSchedule<S>;
  readonly #failures: Failures;
  readonly #standIn: Random<S>;
  #budget = Number.POSITIVE_INFINITY;
  /** For each server, how much one request in flight counts: mean weight / the server's weight. */
  #perWeight = new Float64Array(0);
  #removalsPerPick = 0;
  #removalsDue = 0;
  #removeOldest = true;
  why: PickReason = "none";

  constructor(environment: PickerEnvironment, parameters: PrequalParameters) {
    const { now, rng } = environment;
    this.#dice = new Dice(rng);
    const { failureMs, poolSize, probesPerPick } = parameters;
    this.#environment = environment;
    this.#parameters = parameters;
    this.#pool = new ProbePool(poolSize);
    this.#schedule = new ProbeSchedule(this.#dice, probesPerPick);
    this.#failures = new Failures(now, failureMs);
    this.#standIn = new Random(environment, { draws: 2, failureMs });
  }

  update(servers: readonly S[]): void {
    const from = this.#index.update(servers, this.#environment.now());
    this.#pool.renumber(from, servers);
    this.#failures.update(from);
    this.#schedule.update(servers);
    this.#standIn.update(servers);
    const meanWeight = servers.reduce((sum, { weight }) => sum + weight, 0) / servers.length;
    this.#perWeight = Float64Array.from(servers, ({ weight }) => meanWeight / weight);
    const roomForAll = servers.length <= this.#parameters.poolSize;
    this.#removalsPerPick = roomForAll ? 0 : this.#parameters.removalsPerPick;
    this.#budget = roomForAll
      ? Number.POSITIVE_INFINITY
      : reuseBudget({ ...this.#parameters, servers: servers.length });
  }

  pick(context: PickContext<S>): S | undefined {
    const pool = this.#pool;
    this.#schedule.picked();
    pool.expire(this.#environment.now(), this.#parameters.maxAgeMs);
    this.#failures.begin();
    const place = pool.size < LEAST_ANSWERS ? -1 : this.#best(context.tried);
    if (place < 0) return this.#withoutAnswers(context);
    const index = pool.server[place] ?? -1;
    pool.use(place, this.#perWeight[index] ?? 1);
    this.#removeSome();
    return this.#index.servers[index];
  }

  ended(server: S, outcome: Outcome, ms: number): void {
    const index = this.#index.ofLife(server, this.#environment.now, ms);
    if (index >= 0) this.#failures.ended(index, outcome);
    this.#standIn.ended(server, outcome, ms);
  }

  report(server: S, { inFlight, latencyMs }: LoadReport): void {
    const index = this.#index.of(server);
    if (index < 0 || inFlight === undefined) return;
    const rif = inFlight * (this.#perWeight[index] ?? 1);
    this.#rifs.add(rif);
    const uses = Number.isFinite(this.#budget)
      ? roundRandomly(this.#budget, this.#dice)
      : this.#budget;
    this.#pool.add(index, rif, latencyMs ?? 0, this.#environment.now(), uses);
  }

  probes(): readonly S[] {
    return this.#schedule.next();
  }

  inspect(): Inspection {
    const pool = this.#pool;
    const now = this.#environment.now();
    const answers = Array.from({ length: pool.size }, (_, place) => ({
      server: this.#index.servers[pool.server[place] ?? -1]?.name ?? "",
      inFlight: pool.rif[place] ?? 0,
      latencyMs: pool.latencyMs[place] ?? 0,
      ageMs: now - (pool.at[place] ?? 0),
      usesLeft: pool.uses[place] ?? 0,
    }));
    return { kind: "pool", hotAbove: this.#rifs.at(this.#parameters.rifQuantile), answers };
  }

  /**
   * Returns the place in the pool of the best answer whose server may be picked; -1 when there is
   * none.
   */
  #best(tried: readonly S[]): number {
    const pool = this.#pool;
    const threshold = this.#rifs.at(this.#parameters.rifQuantile);
    let best = -1;
    let bestRif = 0;
    let alike = 1;
    for (let place = 0; place < pool.size; place++) {
      const server = this.#index.servers[pool.server[place] ?? -1];
      if (server === undefined || !isCandidate(server, tried)) continue;
      const rif = this.#rif(place);
      const latencyMs = pool.latencyMs[place] ?? 0;
      const order =
        best < 0 ? -1 : compareHcl(rif, latencyMs, bestRif, pool.latencyMs[best] ?? 0, threshold);
      if (order < 0) alike = 1;
      else if (order > 0 || !this.#dice.chance(1 / ++alike)) continue;
      best = place;
      bestRif = rif;
    }
    if (best >= 0) this.why = alike > 1 ? "tie" : bestRif > threshold ? "hot" : "cold";
    return best;
  }

  /**
   * Removes `removalsPerPick` answers from the pool, in turn the oldest and the worst one, as the paper does. Without
   * this, the picks would use up the good answers, and only stale answers and answers of bad servers would be left.
   */
  #removeSome(): void {
    this.#removalsDue += this.#removalsPerPick;
    for (; this.#removalsDue >= 1 && this.#pool.size > 0; this.#removalsDue--) {
      this.#pool.remove(this.#removeOldest ? this.#pool.oldest() : this.#worst());
      this.#removeOldest = !this.#removeOldest;
    }
  }

  #worst(): number {
    const pool = this.#pool;
    const threshold = this.#rifs.at(this.#parameters.rifQuantile);
    let worst = 0;
    for (let place = 1; place < pool.size; place++) {
      const latencyMs = pool.latencyMs[place] ?? 0;
      const worstMs = pool.latencyMs[worst] ?? 0;
      if (compareHcl(this.#rif(place), latencyMs, this.#rif(worst), worstMs, threshold) > 0)
        worst = place;
    }
    return worst;
  }

  /**
   * Returns the requests in flight per weight of the server at `place`: those of its answer, plus
   * failed requests that still count.
   */
  #rif(place: number): number {
    const rif = this.#pool.rif[place] ?? 0;
    if (!this.#failures.any) return rif;
    const index = this.#pool.server[place] ?? -1;
    return rif + this.#failures.of(index) * (this.#perWeight[index] ?? 1);
  }

  #withoutAnswers(context: PickContext<S>): S | undefined {
    const server = this.#standIn.pick(context);
    this.why = server === undefined ? "none" : "fallback";
    return server;
  }
}

export const prequal = defineAlgorithm({
  title: "Prequal",
  idea: "Asks servers all the time how busy they are, and takes a fast one of those that are not hot.",
  paper: "Wydrowski et al., Load is not what you should balance: introducing Prequal (NSDI 2024)",
  href: "https://arxiv.org/abs/2312.10172",
  traits: { ...PLAIN, reports: true, probes: true },
  options: { probes, failurePenalty },
  picker: Prequal,
});
