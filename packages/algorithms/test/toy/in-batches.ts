// In batches: gives `size` requests to one server, then `size` requests to the next. This is the
// example algorithm of CONTRIBUTING.md. The test one-row.test.ts shows that one row adds the
// algorithm to the schema, the reference, the balancer and the laboratory.
import { isCandidate } from "../../src/candidate.ts";
import { defineAlgorithm, PLAIN } from "../../src/define.ts";
import { countFrom, tuning } from "../../src/options.ts";
import type { PickContext, Picker, PickerEnvironment, PickServer } from "../../src/picker.ts";
import type { PickReason } from "../../src/reason.ts";

class InBatches<S extends PickServer> implements Picker<S> {
  readonly #size: number;
  #servers: readonly S[] = [];
  #picks = 0;
  why: PickReason = "none";

  constructor(_environment: PickerEnvironment, { size }: { readonly size: number }) {
    this.#size = size;
  }

  update(servers: readonly S[]): void {
    this.#servers = [...servers];
  }

  pick({ tried }: PickContext<S>): S | undefined {
    const servers = this.#servers;
    const first = Math.floor(this.#picks++ / this.#size);
    for (let step = 0; step < servers.length; step++) {
      const server = servers[(first + step) % servers.length];
      if (server === undefined || !isCandidate(server, tried)) continue;
      this.why = step === 0 ? "first-choice" : "next";
      return server;
    }
    this.why = "none";
    return undefined;
  }
}

export const inBatches = defineAlgorithm({
  title: "In batches",
  idea: "A fixed number of requests to one server, then the same number to the next.",
  paper: "None: it is an example",
  traits: { ...PLAIN, slowStart: false },
  options: {
    batch: tuning("size", countFrom(1, 1_000), {
      default: 8,
      meaning: "requests that a server gets one after the other",
      field: { label: "Requests in a row", range: [1, 100, 1] },
    }),
  },
  picker: InBatches,
});
