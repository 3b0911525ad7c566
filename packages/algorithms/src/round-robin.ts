// Round robin, weighted and smooth (nginx's rule): a heavy server gets more turns, but not in a
// row. The sequence of turns is computed once per change of the servers, and each pick takes the
// next ticket, a number of a counter that all threads share. So a pick is O(1) without a lock, and
// the shares are exact over all threads together. When the turn belongs to a server that is full or
// was tried, the next ticket is taken, as in gRPC. So the turns of a full server are spread over
// all other servers, instead of doubling the load of one server.
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
    // A long rotation has no stored sequence (static stride), and some of its tickets belong to no
    // server. Such a ticket is passed over, and the reason stays "first-choice".
    for (let turns = 2 * servers.length; turns > 0; ) {
      const index = this.#rotation.at(this.#ticket());
      const server = servers[index];
      turns -= 1;
      if (server === undefined) continue;
      if (isCandidate(server, tried)) return server;
      this.why = "next";
    }
    return this.#anyServer(tried);
  }

  inspect(): Inspection {
    const names = this.#rotation.sequence.map((index) => this.#servers[index]?.name ?? "");
    return { kind: "sequence", servers: names };
  }

  /**
   * Returns any server that may be picked. Called when 2 · n tickets (n servers) have led to no
   * such server. That happens when a server of large weight owns nearly all turns and is full. So
   * here every server is looked at.
   */
  #anyServer(tried: readonly S[]): S | undefined {
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
  idea: "Each server in turn; a server of weight 5 comes five times as often, but never five times in a row.",
  paper: "Igor Sysoev's smooth weighted round robin, nginx 1.3.1 (2012)",
  href: "https://github.com/phusion/nginx/commit/27e94984486058d73157038f7950a0a36ecc6e35",
  traits: PLAIN,
  options: {},
  picker: RoundRobin,
});
