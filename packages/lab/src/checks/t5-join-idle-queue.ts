// T5: join-idle-queue, with idle servers that report to a random balancer. With r servers per balancer, the share ρ_I
// of balancers that know an idle server solves ρ_I / (1 − ρ_I) = r (1 − λ). An arrival at a balancer that knows no idle
// server goes to a random server, so E[T] = 1 / (1 − λ (1 − ρ_I)). The analysis neglects that
// such a request may go to a server in another balancer's queue, which that balancer still takes for idle: a share of
// (1 − ρ_I)(1 − λ) of the requests, so as many later ones wait for about E[T] at most. That is the slack.
import type { Check } from "./check.ts";
import { agrees } from "./finding.ts";
import { meanTimeOf } from "./replicate.ts";

export const joinIdleQueue: Check = {
  id: "T5",
  title: "Join-idle-queue's fixed point",
  source: "Lu, Xie, Kliot, Geller, Larus & Greenberg 2011",
  run: (full) =>
    [0.7, 0.9].map((load) => {
      const [servers, balancers] = [500, 50];
      const found = meanTimeOf(
        {
          load,
          count: servers,
          requests: full ? 10_000_000 : 1_200_000,
          warmupMs: 100,
          more: { balancers: { count: balancers }, reports: { whenIdle: true } },
        },
        { algorithm: "join-idle-queue", parameters: { joinOnEnd: false } },
      );
      const ratio = (servers / balancers) * (1 - load);
      const known = ratio / (1 + ratio);
      const expected = 1 / (1 - load * (1 - known));
      return agrees(`E[T] at λ ${load}`, found, expected, {
        slack: (1 - known) * (1 - load) * expected,
        method: "fixed point; neglects idle servers that got a request at random",
      });
    }),
};
