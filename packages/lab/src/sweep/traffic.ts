// Scales the arrivals of a scenario, so that a rate or a load is as wanted.
import type { Arrivals, Rate } from "../sim/arrivals.ts";
import { loadOf, meanRate } from "../sim/load.ts";
import type { Scenario } from "../sim/scenario.ts";

/** Returns the scenario with so much work per capacity; undefined when its arrivals cannot be scaled. */
export function withLoad(scenario: Scenario, load: number): Scenario | undefined {
  return withArrivals(scenario, load / loadOf(scenario));
}

/** Returns the scenario with so many requests per second, on average over the run; undefined as above. */
export function withRate(scenario: Scenario, rate: number): Scenario | undefined {
  return withArrivals(scenario, rate / meanRate(scenario));
}

function withArrivals(scenario: Scenario, factor: number): Scenario | undefined {
  const { traffic } = scenario;
  if (traffic.kind !== "open") return undefined;
  const arrivals = scaled(traffic.arrivals, factor);
  return arrivals && { ...scenario, traffic: { ...traffic, arrivals } };
}

/** A product of two decimals that is short in the decimal system is shown so: 0.7 of 1000 is 700. */
const times = (value: number, factor: number) => Number((value * factor).toPrecision(12));

function scaled(arrivals: Arrivals, factor: number): Arrivals | undefined {
  switch (arrivals.kind) {
    case "poisson":
      return { ...arrivals, rate: scaledRate(arrivals.rate, factor) };
    case "deterministic":
    case "batch":
      return { ...arrivals, ratePerSecond: times(arrivals.ratePerSecond, factor) };
    case "mmpp":
      return {
        ...arrivals,
        states: arrivals.states.map((state) => ({
          ...state,
          ratePerSecond: times(state.ratePerSecond, factor),
        })),
      };
    case "trace":
      return undefined;
  }
}

function scaledRate(rate: Rate, factor: number): Rate {
  if (typeof rate === "number") return times(rate, factor);
  switch (rate.kind) {
    case "ramp":
      return { ...rate, from: times(rate.from, factor), to: times(rate.to, factor) };
    case "steps":
      return { ...rate, steps: rate.steps.map(([fromMs, one]) => [fromMs, times(one, factor)]) };
    case "flash-crowd":
      return { ...rate, base: times(rate.base, factor), peak: times(rate.peak, factor) };
    case "diurnal":
      return { ...rate, mean: times(rate.mean, factor) };
  }
}
