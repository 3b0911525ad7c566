// The events that the contract plays with a picker, and how chance makes them.
import fc from "fast-check";
import type { LoadReport, Outcome } from "../picker.ts";

/**
 * An event that a test plays: a request, its answer or its end, a load report, a change of a
 * server, or time passing.
 */
export type Event =
  | { readonly kind: "pick"; readonly key: number | undefined; readonly tried: readonly number[] }
  | { readonly kind: "first-byte"; readonly which: number }
  | { readonly kind: "end"; readonly which: number; readonly outcome: Outcome }
  | { readonly kind: "report"; readonly which: number; readonly load: LoadReport }
  | { readonly kind: "leave" | "flip"; readonly which: number }
  | { readonly kind: "weigh"; readonly which: number; readonly weight: number }
  | { readonly kind: "wait"; readonly ms: number };

const which = fc.nat(9);
const number = fc.constantFrom(undefined, 0, 0.5, 1, 3, 40, 1e6);
const load: fc.Arbitrary<LoadReport> = fc.record({
  inFlight: number,
  latencyMs: number,
  utilization: number,
  requestsPerSecond: number,
  errorsPerSecond: number,
});
const pick = fc.record({
  kind: fc.constant("pick" as const),
  key: fc.option(fc.nat(0xffff_ffff), { nil: undefined }),
  tried: fc.array(which, { maxLength: 3 }),
});
const outcome = fc.constantFrom<Outcome>("ok", "failed", "timeout", "cancelled");

export const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 8, arbitrary: pick },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("first-byte"), which }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("end"), which, outcome }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("report"), which, load }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("leave", "flip"), which }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("weigh"),
      which,
      weight: fc.constantFrom(0.1, 1, 2.5, 7, 256),
    }),
  },
  // The clock may stand still or jump by an hour.
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("wait"),
      ms: fc.constantFrom(0, 0.1, 10, 1_000, 3_600_000),
    }),
  },
);

/** Says in words what happens, for the history of a counterexample. */
export function eventWords(event: Event): string {
  switch (event.kind) {
    case "pick": {
      const tried = event.tried.map((index) => `s${index}`).join(", ");
      return tried === "" ? "pick" : `pick, with ${tried} tried`;
    }
    case "first-byte":
      return `the head of answer ${event.which} comes`;
    case "end":
      return `request ${event.which} ends: ${event.outcome}`;
    case "report":
      return `s${event.which} reports ${JSON.stringify(event.load)}`;
    case "leave":
      return `s${event.which} leaves or comes back`;
    case "flip":
      return `s${event.which} goes down or comes up`;
    case "weigh":
      return `s${event.which} gets weight ${event.weight}`;
    case "wait":
      return `${event.ms} ms pass`;
  }
}
