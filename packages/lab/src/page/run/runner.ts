// Does the work of the page's worker: a `Runner` takes orders and returns frames. It can also run outside a worker. A
// lane is the run of one algorithm. All lanes run the same scenario with the same seed, so they get the same requests
// (common random numbers). All lanes are always at the same virtual time.
import type { RunState } from "../run-state/run-state.ts";
import { scenarioOf } from "../run-state/scenario-of.ts";
import { Lane } from "./lane.ts";
import type { Answer, Frame, Order } from "./protocol.ts";

/**
 * After this many increments of time a step gives up. A step runs until the next pick, and would
 * otherwise never end when no further request arrives.
 */
const MOST_TRIES = 20_000;

export class Runner {
  #lanes: readonly Lane[] = [];

  obey(order: Order): Answer {
    const { run } = order;
    switch (order.kind) {
      case "open":
        try {
          this.#open(order.state);
        } catch (error) {
          const why = error instanceof Error ? error.message : String(error);
          return { kind: "refused", run, why };
        }
        return this.#frame(run, true);
      case "advance":
        for (const lane of this.#lanes) lane.runUntil(order.toMs);
        return this.#frame(run, order.detail);
      case "step":
        this.#step(order.byMs);
        return this.#frame(run, true);
    }
  }

  #open(state: RunState): void {
    const scenario = scenarioOf(state);
    const choices = state.b === undefined ? [state.a] : [state.a, state.b];
    this.#lanes = choices.map((choice) => new Lane(scenario, choice, state.seed));
  }

  #step(byMs: number): void {
    const before = this.#picked;
    for (let tries = 1; tries <= MOST_TRIES && this.#picked === before; tries++) {
      const [first] = this.#lanes;
      if (first === undefined || first.ended) return;
      // The next time is a multiple of `byMs`, because the page's link contains it and should have few digits.
      const digits = Math.max(0, -Math.floor(Math.log10(byMs)));
      const next = Number(((Math.floor(first.now / byMs + 1e-6) + 1) * byMs).toFixed(digits));
      for (const lane of this.#lanes) lane.runUntil(next);
    }
  }

  get #picked(): number {
    return this.#lanes.reduce((sum, { picked }) => sum + picked, 0);
  }

  #frame(run: number, detail: boolean): Frame {
    return {
      kind: "frame",
      run,
      timeMs: this.#lanes[0]?.now ?? 0,
      lanes: this.#lanes.map((lane) => lane.frame(detail)),
    };
  }
}
