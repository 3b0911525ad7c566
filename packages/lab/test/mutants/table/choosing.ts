// Faults in the algorithms that choose by load or at random.
import { inFile, type Mutant } from "../mutant.ts";

export const CHOOSING: readonly Mutant[] = [
  ...inFile("packages/algorithms/src/choose/power-of-choices.ts", [
    {
      id: "two-raw-load",
      find: "      const mine = found * bestDivisor;\n      const theirs = least * own;",
      replace: "      const mine = found;\n      const theirs = least;",
      breaks: "random(2) compares the raw load instead of the load per weight",
      by: "E11",
    },
    {
      id: "two-with-replacement",
      find: "!this.#has(index, count) && ",
      replace: "",
      breaks: "random(2) may draw the same server twice",
      by: "E10",
    },
    {
      id: "two-tie-to-second",
      find: "if (mine >= theirs && best !== undefined) continue;",
      replace: "if (mine > theirs && best !== undefined) continue;",
      breaks: "at a tie the server drawn last is taken, so a light server gets more",
      by: "E11",
    },
    {
      id: "two-worse",
      find: "if (mine >= theirs && best !== undefined) continue;",
      replace: "if (mine <= theirs && best !== undefined) continue;",
      breaks: "the more loaded of the two is taken",
      by: "E10",
    },
    {
      id: "two-gives-up-early",
      find: "const IN_VAIN = 20;",
      replace: "const IN_VAIN = 1;",
      breaks: "the first draw in vain leads to a look at all servers",
      by: "E10",
    },
    {
      id: "two-one-draw-fewer",
      find: "this.#draws = draws === 0 ? Number.POSITIVE_INFINITY : draws;",
      replace: "this.#draws = draws === 0 ? Number.POSITIVE_INFINITY : Math.max(1, draws - 1);",
      breaks: "one server fewer is drawn",
      by: "E10",
    },
    {
      id: "two-of-two-drawn",
      find: "if (this.#draws >= servers.length && this.#draws > 1) return super.pick(context);",
      replace: "",
      breaks: "0 draws, which stand for all servers, draw without end",
    },
  ]),
  ...inFile("packages/algorithms/src/choose/full-scan.ts", [
    {
      id: "scan-raw-load",
      find: "      const mine = found * leastDivisor;\n      const theirs = least * own;",
      replace: "      const mine = found;\n      const theirs = least;",
      breaks: "least-conn compares the raw load instead of the load per weight",
      by: "E11",
    },
    {
      id: "scan-tie-to-last",
      find: "if (mine < theirs) count = 0;",
      replace: "if (mine <= theirs) count = 0;",
      breaks: "a tie goes to the last server of the list",
      by: "T4",
    },
    {
      id: "scan-tie-to-first",
      find: "if (mine > theirs && count > 0) continue;",
      replace: "if (mine >= theirs && count > 0) continue;",
      breaks: "a tie goes to the first server of the list",
      by: "T4",
    },
    {
      id: "scan-tie-without-weight",
      find: "    for (let i = 0; i < count; i++) total += servers[equals[i] ?? -1]?.weight ?? 0;\n    let left = this.dice.share() * total;",
      replace:
        "    for (let i = 0; i < count; i++) total = servers[equals[i] ?? -1]?.weight ?? 0;\n    let left = this.dice.share() * total;",
      breaks: "a tie is broken without regard to the weights",
      by: "E11",
    },
  ]),
  ...inFile("packages/algorithms/src/choose/fewest-requests.ts", [
    {
      id: "tournament-forgets-full",
      find: "server.usable ? server.inFlight : Number.POSITIVE_INFINITY",
      replace: "server.inFlight",
      breaks: "a server that is full is picked",
    },
    {
      id: "tournament-despite-failures",
      find: " || this.#inFlight.countsFailures",
      replace: "",
      breaks: "failed requests do not count as load",
    },
  ]),
  ...inFile("packages/algorithms/src/choose/tournament.ts", [
    {
      id: "tournament-raw-load",
      find: "(this.#load[a] as number) * (this.#weight[b] as number)",
      replace: "(this.#load[a] as number) * (this.#weight[a] as number)",
      breaks: "loads are compared without regard to the weights",
    },
    {
      id: "tournament-tie-to-first",
      find: "(order === 0 && left < tied)",
      replace: "order === 0",
      breaks: "a tie goes to the first server of the list",
    },
    {
      id: "tournament-stops-early",
      find: "load === this.#load[node] && weight === this.#weight[node] && tied === this.#tied[node]",
      replace: "load === this.#load[node] && weight === this.#weight[node]",
      breaks: "servers that become tied are not seen further up",
    },
  ]),
  ...inFile("packages/algorithms/src/choose/divisor.ts", [
    {
      id: "divisor-counts-speed-twice",
      find: "this.compares = this.#load.latency !== undefined && !equal;",
      replace: "this.compares = false;",
      breaks: "a latency is divided by a weight that says the same speed",
    },
    {
      id: "divisor-ignores-weight",
      find: "return Math.min(weight * (this.#latency[index] ?? 1), this.#greatest * this.#least);",
      replace: "return this.#greatest * this.#least;",
      breaks: "peak-ewma and least-time do not follow weights, nor a slow start",
    },
    {
      id: "divisor-ignores-latency",
      find: "return Math.min(weight * (this.#latency[index] ?? 1), this.#greatest * this.#least);",
      replace: "return weight * (this.#latency[index] ?? 1);",
      breaks: "with unequal weights peak-ewma and least-time do not go by latency",
    },
    {
      id: "divisor-remembers",
      find: "    this.#least = Number.POSITIVE_INFINITY;\n    this.#greatest = 0;\n",
      replace: "",
      breaks: "servers of earlier picks are a measure for later ones",
    },
  ]),
  ...inFile("packages/algorithms/src/choose/weighted-draw.ts", [
    {
      id: "draw-ignores-weights",
      find: "this.#equal = weights.every((weight) => weight === weights[0]);",
      replace: "this.#equal = true;",
      breaks: "servers are drawn all alike",
      by: "E11",
    },
    {
      id: "draw-squares-weights",
      find: "(sum += w)",
      replace: "(sum += w * w)",
      breaks: "heavy servers are drawn too often",
      by: "E11",
    },
    {
      id: "draw-forgets-last",
      find: "const at = share * (upTo[last] ?? 0);",
      replace: "const at = share * (upTo[last - 1] ?? 0);",
      breaks: "the last server is never drawn",
      by: "E11",
    },
  ]),
  ...inFile("packages/algorithms/src/random.ts", [
    {
      id: "random-three",
      find: "draws: draws(2)",
      replace: "draws: draws(3)",
      breaks: "random draws three servers by default",
      by: "E10",
    },
  ]),
  ...inFile("packages/algorithms/src/dice.ts", [
    {
      id: "dice-half",
      find: "return Math.floor((this.bits() / TWO_31) * count);",
      replace: "return Math.floor((this.bits() / TWO_31) * Math.max(1, count - 1));",
      breaks: "the last of several is never drawn",
      by: "E7",
    },
  ]),
  ...inFile("packages/algorithms/src/load/in-flight.ts", [
    {
      id: "in-flight-forgets-failures",
      find: "server.inFlight + this.#failures.of(index) : server.inFlight",
      replace: "server.inFlight : server.inFlight",
      breaks: "failed requests do not count as load",
    },
  ]),
  ...inFile("packages/algorithms/src/load/failures.ts", [
    {
      id: "failures-fade-slowly",
      find: "Math.exp(-age / this.#fadeMs)",
      replace: "Math.exp(-age / (3 * this.#fadeMs))",
      breaks: "failures count three times as long",
    },
    {
      id: "failures-do-not-add",
      find: "this.#count[index] = this.of(index) + 1;",
      replace: "this.#count[index] = 1;",
      breaks: "many failures count as one",
    },
    {
      id: "failures-of-cancelled",
      find: 'outcome === "ok" || outcome === "cancelled"',
      replace: 'outcome === "ok"',
      breaks: "a request that its client cancelled counts as a failure of the server",
    },
  ]),
  ...inFile("packages/algorithms/src/load/peak-ewma.ts", [
    {
      id: "ewma-no-peak",
      find: "old < 0 || mine > old ? mine",
      replace: "old < 0 ? mine",
      breaks: "a slow answer raises the average only slowly",
    },
    {
      id: "ewma-forgets-in-flight",
      find: "return grown * (server.inFlight + 1);",
      replace: "return grown;",
      breaks: "requests in flight do not count once a server has answered",
    },
    {
      id: "ewma-no-decay",
      find: "const growth = Math.exp((now - this.#epoch) / decayMs);",
      replace: "const growth = 1;",
      breaks: "averages do not fall with time",
    },
    {
      id: "ewma-failure-is-fast",
      find: "Math.max(ms, this.#parameters.failureMs)",
      replace: "ms",
      breaks: "a failure counts with the time that it took",
    },
  ]),
  ...inFile("packages/algorithms/src/load/response-time.ts", [
    {
      id: "least-time-kept",
      find: "const KEPT = 0.95;",
      replace: "const KEPT = 0.5;",
      breaks: "one answer changes the average ten times as much",
    },
    {
      id: "least-time-never-halves",
      find: "if (overdueMs >= 0) ms *= 0.5",
      replace: "if (overdueMs >= 1e12) ms *= 0.5",
      breaks: "a slow server is never tried again",
    },
    {
      id: "least-time-forgets-in-flight",
      find: "* (1 + server.inFlight + failed)",
      replace: "* (1 + failed)",
      breaks: "requests in flight do not count",
    },
  ]),
  ...inFile("packages/algorithms/src/load/reported.ts", [
    {
      id: "reported-own-count",
      find: "return told < 0 ? server.inFlight : told;",
      replace: "return server.inFlight;",
      breaks: "reports are ignored",
    },
  ]),
  ...inFile("packages/algorithms/src/load/reports.ts", [
    {
      id: "reports-without-errors",
      find: "this.#reported[index] = requestsPerSecond / (utilization + cost);",
      replace: "this.#reported[index] = requestsPerSecond / utilization;",
      breaks: "errors cost nothing",
    },
    {
      id: "reports-without-utilization",
      find: "this.#reported[index] = requestsPerSecond / (utilization + cost);",
      replace: "this.#reported[index] = requestsPerSecond / (1 + cost);",
      breaks: "utilization does not count",
    },
  ]),
  ...inFile("packages/algorithms/src/join-idle-queue.ts", [
    {
      id: "idle-two-draws",
      find: "draws: draws(1)",
      replace: "draws: draws(2)",
      breaks: "without an idle server the best of two is taken instead of any",
      by: "E10",
    },
    {
      id: "idle-joins-busy",
      find: "this.#joinOnEnd && !failed && server.inFlight === 0",
      replace: "this.#joinOnEnd && !failed",
      breaks: "a busy server joins the queue of idle ones",
    },
    {
      id: "idle-joins-after-failure",
      find: "this.#joinOnEnd && !failed && server.inFlight === 0",
      replace: "this.#joinOnEnd && server.inFlight === 0",
      breaks: "a server joins although its request failed",
    },
    {
      id: "idle-takes-busy",
      find: "if (server === undefined || server.inFlight > 0) continue;",
      replace: "if (server === undefined) continue;",
      breaks: "a server in the queue is taken although another thread gave it a request",
    },
    {
      id: "idle-joins-on-any-report",
      find: "if (inFlight === 0) this.#join(server);",
      replace: "this.#join(server);",
      breaks: "a server that reports load joins the queue",
    },
  ]),
  ...inFile("packages/algorithms/src/idle-queue.ts", [
    {
      id: "idle-queue-twice",
      find: "    if (this.#waits[index] !== 0) return;\n",
      replace: "",
      breaks: "a server is in the queue several times",
    },
  ]),
  ...inFile("packages/algorithms/src/first.ts", [
    {
      id: "first-is-last",
      find: "for (let i = 0; i < servers.length; i++) {",
      replace: "for (let i = servers.length - 1; i >= 0; i--) {",
      breaks: "the last server with room is taken",
    },
  ]),
  ...inFile("packages/algorithms/src/prequal/hcl.ts", [
    {
      id: "prequal-hot-first",
      find: "return bRif > threshold ? aRif - bRif : 1;",
      replace: "return bRif > threshold ? aRif - bRif : -1;",
      breaks: "a hot server is preferred to a cold one",
    },
    {
      id: "prequal-by-load",
      find: "return aLatencyMs - bLatencyMs || aRif - bRif;",
      replace: "return aRif - bRif || aLatencyMs - bLatencyMs;",
      breaks: "among cold servers the load decides, not the latency",
    },
  ]),
  ...inFile("packages/algorithms/src/prequal/rif-quantile.ts", [
    {
      id: "prequal-quantile-one-off",
      find: "Math.floor(q * this.#length)",
      replace: "Math.max(0, Math.floor(q * this.#length) - 8)",
      breaks: "the threshold of heat is too low",
    },
  ]),
  ...inFile("packages/algorithms/src/prequal/probe-pool.ts", [
    {
      id: "prequal-reuse",
      find: "if (left <= 0) this.remove(place);",
      replace: "",
      breaks: "answers of probes are used for ever",
    },
    {
      id: "prequal-no-expiry",
      find: "if (now - at > maxAgeMs) this.remove(place);",
      replace: "if (now - at > 100 * maxAgeMs) this.remove(place);",
      breaks: "old answers stay",
    },
    {
      id: "prequal-use-not-counted",
      find: "this.rif[place] = (this.rif[place] ?? 0) + rif;",
      replace: "",
      breaks: "a pick does not count as load of its answer",
    },
  ]),
  ...inFile("packages/algorithms/src/prequal/budget.ts", [
    {
      id: "prequal-budget",
      find: "(1 + netGrowth) / growth",
      replace: "netGrowth / growth",
      breaks: "answers may be used too seldom",
    },
  ]),
];
