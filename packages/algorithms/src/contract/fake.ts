// Servers and an environment for a picker under test. The clock moves only when the test moves it.
import type { Picker, PickerEnvironment, PickServer } from "../picker.ts";

export interface Fake extends PickServer {
  name: string;
  weight: number;
  inFlight: number;
  maxConnections: number;
  up: boolean;
  readonly usable: boolean;
}

export type Open = (environment: PickerEnvironment) => Picker<Fake>;

export function fake(name: string, weight = 1, maxConnections = 0): Fake {
  return {
    name,
    weight,
    inFlight: 0,
    maxConnections,
    up: true,
    get usable() {
      return this.up && (this.maxConnections === 0 || this.inFlight < this.maxConnections);
    },
  };
}

export const fakes = (weights: readonly number[]): Fake[] =>
  weights.map((weight, index) => fake(`s${index}`, weight));

/**
 * Makes a random number generator (of the Park-Miller family) which gives the same numbers in every
 * run.
 */
export function seeded(seed: number): () => number {
  let state = Math.abs(seed % 2147483647) || 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return (state - 1) / 2147483646;
  };
}

/** Makes a picker whose clock moves only when the test moves it. */
export function world(open: Open, seed = 1) {
  let tickets = 0;
  const clock = { now: 0 };
  const picker = open({ rng: seeded(seed), now: () => clock.now, ticket: () => tickets++ });
  return { picker, clock };
}
