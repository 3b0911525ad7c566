// HAProxy's `first` (lb_fas.c): picks the first server of the list that has room. So the last
// servers stay idle and can be switched off (Gandhi et al., CMU-CS-12-109). Without
// `maxConnections` the first server always has room, so the other servers get no requests.
import { isCandidate } from "./candidate.ts";
import { defineAlgorithm, PLAIN } from "./define.ts";
import type { PickContext, Picker, PickServer } from "./picker.ts";
import type { PickReason } from "./reason.ts";

class First<S extends PickServer> implements Picker<S> {
  #servers: readonly S[] = [];
  why: PickReason = "none";

  update(servers: readonly S[]): void {
    this.#servers = [...servers];
  }

  pick({ tried }: PickContext<S>): S | undefined {
    const servers = this.#servers;
    for (let i = 0; i < servers.length; i++) {
      const server = servers[i];
      if (server === undefined || !isCandidate(server, tried)) continue;
      this.why = i === 0 ? "first-choice" : "next";
      return server;
    }
    this.why = "none";
    return undefined;
  }
}

export const first = defineAlgorithm({
  title: "First with room",
  idea: "Fills the first server up to its limit (set one: “Limit each”), then the next; the last ones can be switched off.",
  paper: "Gandhi et al., AutoScale (CMU-CS-12-109)",
  traits: { ...PLAIN, slowStart: false, scans: true },
  options: {},
  picker: First,
});
