// H5: hashing with bounded load never exceeds its bound. Whenever the balancer's picker places a request, none of the
// n servers holds more than ⌈c · m / n⌉ of the m requests in flight, where c is the configured `balanceFactor`.
// HAProxy's own caps, which are whole numbers, are checked too.
import { haproxyCaps } from "@tandem/balancer/pickers";
import { buildPicker } from "../sim/algorithms.ts";
import { Stream } from "../sim/stream.ts";
import { View } from "../sim/view.ts";
import type { Check, Finding } from "./check.ts";
import { same } from "./finding.ts";

const NO_TRUTH = { depth: () => 0, addedMs: () => 0 };

/** Lets requests come and go at random, with very few different keys. Returns how many picks were above the cap. */
function broken(method: string, factor: number, steps: number): number {
  const stream = new Stream(1, `bounded ${method}`);
  const views = Array.from({ length: 10 }, (_, i) => new View(i, { count: 1 }, NO_TRUTH));
  const environment = { rng: stream.rng, now: () => 0, ticket: () => 0 };
  const picker = buildPicker("uri", { hash: { method, balanceFactor: factor } }, environment);
  picker.update(views);
  const open: View[] = [];
  let above = 0;
  for (let step = 0; step < steps; step++) {
    if (open.length > 0 && stream.next() < 0.48) {
      const [gone] = open.splice(stream.below(open.length), 1);
      if (gone === undefined) continue;
      gone.inFlight--;
      picker.ended?.(gone, "ok", 1);
      continue;
    }
    // ⌈c · m / n⌉, with the new request among the m. Written out, so that a fault of the picker's own function shows.
    const cap = Math.ceil((factor * (open.length + 1)) / views.length);
    const view = picker.pick({ tried: [], key: Math.imul(stream.below(5), 0x9e3779b1) >>> 0 });
    if (view === undefined) continue;
    view.inFlight++;
    picker.started?.(view);
    open.push(view);
    if (view.inFlight > cap) above++;
  }
  return above;
}

export const boundedLoad: Check = {
  id: "H5",
  title: "Bounded load: never above ⌈c · m / n⌉; HAProxy's caps",
  source: "Mirrokni, Thorup & Zadimoghaddam 2016; HAProxy lb_chash.c",
  fast: true,
  run: (full) => {
    const steps = full ? 200_000 : 20_000;
    const findings: Finding[] = [];
    for (const method of ["ring", "maglev", "rendezvous"])
      for (const factor of [1.1, 1.25, 2])
        findings.push(
          same(
            `${method}, factor ${factor}: picks above the cap of ${steps} steps`,
            broken(method, factor, steps),
            0,
          ),
        );
    return [
      ...findings,
      same(
        "HAProxy: 9 served, factor 150, four equal servers",
        haproxyCaps(150, 9, [1, 1, 1, 1]),
        "3 4 4 4",
      ),
    ];
  },
};
