// T5: join-idle-queue, with idle servers that report to a random balancer. With r servers per balancer, the share ρ_I
// of balancers that know an idle server solves ρ_I / (1 − ρ_I) = r (1 − λ). An arrival at a balancer that knows no idle
// server goes to a random server, so E[T] = 1 / (1 − λ (1 − ρ_I)).
import { estimate } from "../stats/estimate.ts";
import { type Check, near } from "./check.ts";
import { run } from "./queues.ts";

export const joinIdleQueue: Check = {
  id: "T5",
  title: "Join-idle-queue's fixed point",
  source: "Lu, Xie, Kliot, Geller, Larus & Greenberg 2011",
  run: (full) =>
    [0.7, 0.9].map((load) => {
      const [servers, balancers] = [500, 50];
      const result = run(
        {
          load,
          count: servers,
          requests: full ? 5_000_000 : 600_000,
          warmupMs: 200,
          more: { balancers: { count: balancers }, reports: { whenIdle: true } },
        },
        { algorithm: "join-idle-queue", parameters: { joinOnEnd: false } },
      );
      const ratio = (servers / balancers) * (1 - load);
      const known = ratio / (1 + ratio);
      return near(
        `E[T] at λ ${load}`,
        estimate(result.batches),
        1 / (1 - load * (1 - known)),
        0.05,
      );
    }),
};
