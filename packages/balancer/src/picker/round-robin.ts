// Smooth weighted round robin: weights {5,1,1} give a a b a c a a, never a a a a a b c.
// The rule is nginx's (ngx_http_upstream_round_robin.c, get_peer): every server gains its weight, the
// richest is chosen and pays the total. Its sequence repeats after Σw/gcd picks, so we compute it once
// per change and walk it by a ticket: O(1) a pick, no lock, and exact over all threads together.
import type { PickContext, Picker, PickerEnvironment, PickServer } from "./picker.ts";
import type { PickReason } from "./reason.ts";

/** One period of the smooth sequence, as indices into `weights`; ties go to the lower index. */
export function smoothSequence(weights: readonly number[]): number[] {
  const divisor = weights.reduce(gcd, 0) || 1;
  const steps = weights.map((weight) => weight / divisor);
  const total = steps.reduce((sum, step) => sum + step, 0);
  const credit = steps.map(() => 0);
  return Array.from({ length: total }, () => {
    let best = 0;
    for (let i = 0; i < steps.length; i++) {
      credit[i] = (credit[i] ?? 0) + (steps[i] ?? 0);
      if ((credit[i] ?? 0) > (credit[best] ?? 0)) best = i;
    }
    credit[best] = (credit[best] ?? 0) - total;
    return best;
  });
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

export class RoundRobin<S extends PickServer> implements Picker<S> {
  readonly #ticket: () => number;
  #sequence: S[] = [];
  why: PickReason = "none";

  constructor({ ticket }: PickerEnvironment) {
    this.#ticket = ticket;
  }

  update(servers: readonly S[]): void {
    const order = smoothSequence(servers.map((server) => server.weight));
    this.#sequence = order.flatMap((index) => servers[index] ?? []);
  }

  pick({ tried }: PickContext<S>): S | undefined {
    const sequence = this.#sequence;
    const start = this.#ticket();
    for (let step = 0; step < sequence.length; step++) {
      const server = sequence[(start + step) % sequence.length];
      if (!server?.usable || tried.includes(server)) continue;
      this.why = step === 0 ? "first-choice" : "next";
      return server;
    }
    this.why = "none";
    return undefined;
  }
}
