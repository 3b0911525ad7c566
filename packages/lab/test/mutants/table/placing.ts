// Faults in the algorithms that take turns or place by a hash.
import { inFile, type Mutant } from "../mutant.ts";

export const PLACING: readonly Mutant[] = [
  ...inFile("packages/algorithms/src/round-robin.ts", [
    {
      id: "turns-skip",
      find: "const index = this.#rotation.at(this.#ticket());",
      replace: "const index = this.#rotation.at(2 * this.#ticket());",
      breaks: "every second turn is left out",
      by: "E8",
    },
    {
      id: "turns-any-server",
      find: "const start = servers.length === 0 ? 0 : this.#ticket() % servers.length;",
      replace: "const start = servers.length === 0 ? 0 : this.#ticket() % 1;",
      breaks: "when all turns are in vain, the first server gets the requests",
    },
  ]),
  ...inFile("packages/algorithms/src/rotation/rotation.ts", [
    {
      id: "turns-short",
      find: "(this.#sequence[ticket % length] ?? -1)",
      replace: "(this.#sequence[ticket % Math.max(1, length - 1)] ?? -1)",
      breaks: "the last turn of a period is left out",
      by: "E8",
    },
    {
      id: "turns-unfaithful",
      find: "const FAITHFUL = 0.01;",
      replace: "const FAITHFUL = 10;",
      breaks: "rounded weights may be far from the real ones",
    },
  ]),
  ...inFile("packages/algorithms/src/rotation/smooth-sequence.ts", [
    {
      id: "smooth-tie",
      find: "if ((credit[i] ?? 0) > (credit[best] ?? 0)) best = i;",
      replace: "if ((credit[i] ?? 0) >= (credit[best] ?? 0)) best = i;",
      breaks: "at equal credit the higher index is chosen",
      by: "R6",
    },
    {
      id: "smooth-in-a-row",
      find: "credit[best] = (credit[best] ?? 0) - total;",
      replace: "credit[best] = (credit[best] ?? 0) - (steps[best] ?? 0);",
      breaks: "the heavy server gets its turns in a row",
      by: "R6",
    },
  ]),
  ...inFile("packages/algorithms/src/rotation/static-stride.ts", [
    {
      id: "stride-in-step",
      find: "+ index * 32_767",
      replace: "",
      breaks: "servers of equal small weight accept in the same round",
    },
    {
      id: "stride-ignores-weight",
      find: "return phase < HEAVIEST - weight ? -1 : index;",
      replace: "return index;",
      breaks: "weights have no effect",
    },
  ]),
  ...inFile("packages/algorithms/src/static-rr.ts", [
    {
      id: "static-follows",
      find: "known.get(server) ?? server.weight",
      replace: "server.weight",
      breaks: "a weight changed at run time takes effect",
    },
  ]),
  ...inFile("packages/algorithms/src/hash/ring.ts", [
    {
      id: "ring-ignores-weights",
      find: "Math.round(weight * perWeight)",
      replace: "Math.round(perWeight)",
      breaks: "the ring ignores weights",
      by: "H6",
    },
    {
      id: "ring-half-points",
      find: "const perWeight = Math.min(this.#pointsPerWeight,",
      replace: "const perWeight = Math.min(this.#pointsPerWeight / 2,",
      breaks: "a server has half the points",
      by: "H3",
    },
    {
      id: "ring-clustered",
      find: "mix32(seed ^ Math.imul(i + 1, GOLDEN))",
      replace: "((mix32(seed) + (i << 12)) >>> 0)",
      breaks: "the points of a server are next to each other",
      by: "H3",
    },
    {
      id: "ring-no-wrap",
      find: "low === points.length ? 0 : low",
      replace: "low === points.length ? points.length - 1 : low",
      breaks: "keys behind the last point belong to it instead of the first",
    },
    {
      id: "ring-point-before",
      find: "this.#owners[low === points.length ? 0 : low]",
      replace: "this.#owners[low === 0 ? points.length - 1 : low - 1]",
      breaks: "a key belongs to the point before it",
    },
  ]),
  ...inFile("packages/algorithms/src/hash/maglev.ts", [
    {
      id: "maglev-skip-from-offset",
      find: "(murmur3(name, 1) % (size - 1)) + 1",
      replace: "(murmur3(name, 0) % (size - 1)) + 1",
      breaks: "the skip is taken from the offset's hash",
      by: "H7",
    },
    {
      id: "maglev-ignores-weights",
      find: "if (turn * (weights[i] ?? 0) < (target[i] ?? 0)) continue;",
      replace: "",
      breaks: "Maglev ignores weights",
      by: "H6",
    },
    {
      id: "maglev-one-slot-on",
      find: "slot + skip : slot + skip - size",
      replace: "slot + skip : slot + skip - size + 1",
      breaks: "a permutation wraps one slot further",
      by: "H7",
    },
    {
      id: "maglev-all-skip-one",
      find: "const skip = skips[i] ?? 1;",
      replace: "const skip = 1;",
      breaks: "every permutation goes to the next slot",
      by: "H7",
    },
  ]),
  ...inFile("packages/algorithms/src/hash/rendezvous.ts", [
    {
      id: "rendezvous-ignores-weights",
      find: "first = time / weight;",
      replace: "first = time;",
      breaks: "the heaviest does not get its share",
      by: "H6",
    },
    {
      id: "rendezvous-rules-out-too-much",
      find: "if (1 - u >= least) continue;",
      replace: "if (1 - u >= 0.8 * least) continue;",
      breaks: "a server is ruled out that would win",
      by: "H6",
    },
    {
      id: "rendezvous-same-hash",
      find: "mix32(key ^ (seeds[i] ?? 0));",
      replace: "mix32(key) ^ (seeds[i] ?? 0);",
      breaks: "keys are not mixed with the names",
    },
  ]),
  ...inFile("packages/algorithms/src/hash/jump.ts", [
    {
      id: "jump-other-sequence",
      find: "lo = (Math.imul(lo, LOW) + 1) | 0;",
      replace: "lo = (Math.imul(lo, LOW) + 3) | 0;",
      breaks: "jump hashing gives other buckets than published",
      by: "H4",
    },
  ]),
  ...inFile("packages/algorithms/src/hash/modulo.ts", [
    {
      id: "modulo-forgets-last",
      find: "this.#slots[key % this.#slots.length]",
      replace: "this.#slots[key % Math.max(1, this.#slots.length - 1)]",
      breaks: "the last slot gets no keys",
      by: "H6",
    },
  ]),
  ...inFile("packages/algorithms/src/hash/slots.ts", [
    {
      id: "slots-ignore-weights",
      find: "Math.round(weight * shrink)",
      replace: "Math.round(weight * 0)",
      breaks: "jump and modulo ignore weights",
      by: "H6",
    },
  ]),
  ...inFile("packages/algorithms/src/hash/bounded-load.ts", [
    {
      id: "bounded-one-more",
      find: "(factor * (inFlight + 1) * weight)",
      replace: "(factor * (inFlight + 2) * weight)",
      breaks: "the bound is that of one more request",
      by: "H5",
    },
    {
      id: "bounded-without-weight",
      find: "(factor * (inFlight + 1) * weight)",
      replace: "(factor * (inFlight + 1))",
      breaks: "the bound is the same for all weights",
    },
    {
      id: "haproxy-cap-zero",
      find: "return Math.max(1, cap);",
      replace: "return cap;",
      breaks: "a light server may hold nothing",
    },
  ]),
  ...inFile("packages/algorithms/src/hash.ts", [
    {
      id: "bounded-too-full",
      find: "own.inFlight < this.#cap(this.#inFlight(), own)",
      replace: "own.inFlight <= this.#cap(this.#inFlight(), own)",
      breaks: "a server at its bound gets one more",
      by: "H5",
    },
    {
      id: "hash-ignores-tried",
      find: "return own === undefined || tried.includes(own) ? undefined : own;",
      replace: "return own;",
      breaks: "a request waits for the server that failed it",
    },
  ]),
  ...inFile("packages/algorithms/src/hash/detour.ts", [
    {
      id: "detour-in-order",
      find: "const other = step + Math.floor((mix32(this.#state) / 2 ** 32) * left);",
      replace: "const other = step;",
      breaks: "the overflow of every server goes to the same other",
    },
  ]),
];
