// Round robin, weighted and smooth (nginx's rule, see rotation/). The rotation is worked out once per
// change and walked by tickets: O(1) a pick, no lock, and exact over all threads that share the tickets.
// A turn of a server that is full or was tried is given up and the next ticket taken, as in gRPC's: its
// turns spread over all others instead of doubling its neighbour's.
import { isCandidate } from "./candidate.ts";
import { defineAlgorithm, PLAIN } from "./define.ts";
import type { Inspection } from "./inspection.ts";
import type { PickContext, Picker, PickerEnvironment, PickServer } from "./picker.ts";
import type { PickReason } from "./reason.ts";
import { Rotation } from "./rotation/rotation.ts";

export class RoundRobin<S extends PickServer> implements Picker<S> {
  readonly #ticket: () => number;
  readonly #rotation = new Rotation();
  #servers: readonly S[] = [];
  why: PickReason = "none";

  constructor({ ticket }: PickerEnvironment) {
    this.#ticket = ticket;
  }

  update(servers: readonly S[], weights = servers.map((server) => server.weight)): void {
    this.#servers = [...servers];
    this.#rotation.update(weights);
  }

  pick({ tried }: PickContext<S>): S | undefined {
    const servers = this.#servers;
    this.why = "first-choice";
    // A turn that is nobody's costs a ticket too, but is no refusal.
    for (let turns = 2 * servers.length; turns > 0; ) {
      const index = this.#rotation.at(this.#ticket());
      const server = servers[index];
      turns -= 1;
      if (server === undefined) continue;
      if (isCandidate(server, tried)) return server;
      this.why = "next";
    }
    return this.#anyone(tried);
  }

  inspect(): Inspection {
    const names = this.#rotation.sequence.map((index) => this.#servers[index]?.name ?? "");
    return { kind: "sequence", servers: names };
  }

  /** After two rounds without luck: the others of a sequence with a dominant weight, or nobody. */
  #anyone(tried: readonly S[]): S | undefined {
    const servers = this.#servers;
    const start = servers.length === 0 ? 0 : this.#ticket() % servers.length;
    for (let step = 0; step < servers.length; step++) {
      const server = servers[(start + step) % servers.length];
      if (server === undefined || !isCandidate(server, tried)) continue;
      this.why = "next";
      return server;
    }
    this.why = "none";
    return undefined;
  }
}

export const roundRobin = defineAlgorithm({
  title: "Round robin (smooth, weighted)",
  idea: "Each server in turn, one of weight 5 five times as often but never five times in a row.",
  paper: "Igor Sysoev's smooth weighted round robin, nginx 1.3.1 (2012)",
  href: "https://github.com/phusion/nginx/commit/27e94984486058d73157038f7950a0a36ecc6e35",
  traits: PLAIN,
  options: {},
  picker: RoundRobin,
});
