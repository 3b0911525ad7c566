// Measures runs, each only once: neither what the journal has, nor what was asked for already. Shows how far it is.
import { type Measured, measured } from "../../scenarios/run-study.ts";
import type { Run, Runner } from "../../scenarios/runner.ts";
import type { Study } from "../../scenarios/study.ts";
import { expectedRequests } from "../../schema/work.ts";
import { progress } from "../terminal.ts";
import { timeLeft } from "../time-left.ts";
import { type Journal, keyOf } from "./journal.ts";

export interface MeasuredRunsOptions {
  readonly runner: Runner;
  readonly metrics: Study["metrics"];
  readonly journal: Journal | undefined;
}

export class MeasuredRuns {
  readonly #options: MeasuredRunsOptions;
  readonly #asked = new Map<string, Promise<Measured>>();
  readonly #left = timeLeft();
  #done = 0;
  /** The work that was asked for, and what of it is done, in requests. */
  #requests = 0;
  #simulated = 0;

  constructor(options: MeasuredRunsOptions) {
    this.#options = options;
  }

  of(run: Run): Promise<Measured> {
    const key = keyOf(run);
    const asked = this.#asked.get(key) ?? this.#measure(key, run);
    this.#asked.set(key, asked);
    return asked;
  }

  async #measure(key: string, run: Run): Promise<Measured> {
    const { journal, runner, metrics } = this.#options;
    const known = journal?.find(key);
    if (known !== undefined) return known;
    const requests = expectedRequests(run.scenario);
    this.#requests += requests;
    const found = measured({ metrics }, await runner.simulate(run));
    journal?.add(key, found);
    this.#simulated += requests;
    this.#done++;
    const share = this.#simulated / this.#requests;
    progress(
      `${this.#done} runs, ${Math.floor(100 * share)} %${this.#left(share)}  ${run.candidate.label}, seed ${run.seed}`,
    );
    return found;
  }
}
