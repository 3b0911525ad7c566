// Faults in the simulator's traffic, clients and troubles.
import { inFile, type Mutant } from "../mutant.ts";

export const TRAFFIC: readonly Mutant[] = [
  ...inFile("packages/lab/src/sim/arrivals.ts", [
    {
      id: "mmpp-twice-as-long",
      find: "untilMs = time + (states[state]?.meanMs ?? 1) * stream.exponential();",
      replace: "untilMs = time + 2 * (states[state]?.meanMs ?? 1) * stream.exponential();",
      breaks: "each state of bursty traffic lasts twice as long",
      by: "E12",
    },
    {
      id: "mmpp-regular",
      find: "untilMs = time + (states[state]?.meanMs ?? 1) * stream.exponential();",
      replace: "untilMs = time + (states[state]?.meanMs ?? 1);",
      breaks: "each state of bursty traffic lasts equally long",
      by: "E12",
    },
    {
      id: "mmpp-overlap",
      find: "if (candidate < untilMs) return candidate;",
      replace: "if (candidate < untilMs + 3) return candidate;",
      breaks: "arrivals of a state come after its end",
      by: "E12",
    },
    {
      id: "poisson-regular",
      find: "return { next: (now, stream) => now + meanMs * stream.exponential() };",
      replace: "return { next: (now) => now + meanMs };",
      breaks: "Poisson arrivals are regular",
      by: "E2",
    },
    {
      id: "batch-one-more",
      find: "left = size - 1;",
      replace: "left = size;",
      breaks: "a batch has one request more",
    },
    {
      id: "thinned-twice",
      find: "if (stream.next() * highest < rateAt(rate, time)) return time;",
      replace: "if (2 * stream.next() * highest < rateAt(rate, time)) return time;",
      breaks: "a changing rate is halved",
    },
  ]),
  ...inFile("packages/lab/src/sim/distribution.ts", [
    {
      id: "lognormal-mean",
      find: "const scale = mean * exp(-(sigma ** 2) / 2);",
      replace: "const scale = mean * exp(-(sigma ** 2));",
      breaks: "the mean of a lognormal service is too low",
      by: "E3",
    },
    {
      id: "bimodal-half",
      find: "(stream.next() < slow ? fast * factor : fast)",
      replace: "(stream.next() < slow / 2 ? fast * factor : fast)",
      breaks: "half as many requests are slow",
      by: "E3",
    },
    {
      id: "pareto-tail",
      find: "* (1 - ratio)) ** (-1 / alpha)",
      replace: "* (1 - ratio)) ** (-1.05 / alpha)",
      breaks: "the tail of a Pareto service is too heavy",
      by: "E4",
    },
    {
      id: "uniform-low",
      find: "from + (to - from) * stream.next()",
      replace: "from + (to - from) * stream.next() ** 1.05",
      breaks: "uniform service is not uniform",
      by: "E3",
    },
    {
      id: "constant-cv",
      find: "constant: ({ value }) => ({ mean: value, cv2: 0,",
      replace: "constant: ({ value }) => ({ mean: value, cv2: 0.1,",
      breaks: "the variance of a constant is not 0",
      by: "E3",
    },
  ]),
  ...inFile("packages/lab/src/sim/stream.ts", [
    {
      id: "exponential-no-tail",
      find: "if (layer === 0) return TAIL - ln((this.bits() + 1) * TO_UNIT);",
      replace: "if (layer === 0) return TAIL;",
      breaks: "no exponential number is above 7.7",
    },
    {
      id: "exponential-no-wedge",
      find: "if (low + this.next() * (high - low) < exp(-value)) return value;",
      replace: "return value;",
      breaks: "exponential numbers are a little too large",
    },
    {
      id: "normal-narrow",
      find: "Math.sqrt((-2 * ln(square)) / square)",
      replace: "Math.sqrt((-1.9 * ln(square)) / square)",
      breaks: "normal numbers deviate too little",
      by: "E3",
    },
    {
      id: "purposes-alike",
      find: "this.#b = mix(hashText(purpose) ^ this.#a);",
      replace: "this.#b = mix(this.#a);",
      breaks: "arrivals and services are drawn from the same numbers",
      by: "E2",
    },
  ]),
  ...inFile("packages/lab/src/sim/retrying.ts", [
    {
      id: "retries-one-more",
      find: "if ((tries[slot] as number) >= this.#max) return false;",
      replace: "if ((tries[slot] as number) > this.#max) return false;",
      breaks: "a request is tried once more than allowed",
      by: "E15",
    },
    {
      id: "retries-same-server",
      find: "      tried.push(view);\n",
      replace: "",
      breaks: "a retry may go to the server that failed the second attempt",
    },
    {
      id: "retries-off-budget",
      find: "if (!budget.take()) return false;",
      replace: "budget.take();",
      breaks: "the budget does not limit retries",
    },
  ]),
  ...inFile("packages/lab/src/sim/traffic.ts", [
    {
      id: "users-do-not-think",
      find: "agenda.at(agenda.now + think.sample(stream), ask, user, 0)",
      replace: "agenda.at(agenda.now + 0.9 * think.sample(stream), ask, user, 0)",
      breaks: "users think a tenth shorter",
      by: "E14",
    },
    {
      id: "shares-shifted",
      find: "bounds.findIndex((bound) => uniform < bound)",
      replace: "bounds.findIndex((bound) => uniform < bound) - 1",
      breaks: "traffic is given to other balancers than said",
    },
  ]),
  ...inFile("packages/lab/src/sim/faults.ts", [
    {
      id: "faults-never-end",
      find: "agenda.call(untilMs, () => end(server));",
      replace: "",
      breaks: "faults last to the end",
      by: "R1",
    },
  ]),
  ...inFile("packages/lab/src/sim/health.ts", [
    {
      id: "black-hole-seen",
      find: "(mode === MODE.blackHole && !health.seesBlackHoles)",
      replace: "(mode === MODE.blackHole && health.seesBlackHoles === true)",
      breaks: "checks see a black hole",
    },
    {
      id: "ejection-one-more",
      find: "if (view.failuresInRow < failures || view.ejected) return;",
      replace: "if (view.failuresInRow <= failures || view.ejected) return;",
      breaks: "a server is ejected one failure later",
    },
  ]),
  ...inFile("packages/lab/src/sim/zipf.ts", [
    {
      id: "zipf-steeper",
      find: "sum += (k + 1) ** -exponent;",
      replace: "sum += (k + 2) ** -exponent;",
      breaks: "the popular keys are less popular",
    },
  ]),
  ...inFile("packages/lab/src/sim/lru-cache.ts", [
    {
      id: "cache-first-in",
      find: "      this.#keys.set(key, true);\n      this.hits++;",
      replace:
        "      this.#keys.set(key, true);\n      this.#keys.delete(key);\n      this.hits++;",
      breaks: "a hit drops the key",
    },
  ]),
];
