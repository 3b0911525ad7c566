// T3: stale information. All balancers read the same board of loads, which is refreshed only every T services. Until
// the next refresh all of them send to the server whose queue is shortest on the board. So the rule that is best with
// fresh information becomes the worst. For two servers the board is solved exactly.
import type { Check, Finding } from "./check.ts";
import { staleBoardTime } from "./exact/stale-board.ts";
import { agrees, ascending } from "./finding.ts";
import { run } from "./queues.ts";
import { meanTimeOf } from "./replicate.ts";

const LOAD = 0.9;
const SERVERS = 100;

function meanAt(boardMs: number, algorithm: string, draws: number, requests: number): number {
  const result = run(
    {
      load: LOAD,
      count: SERVERS,
      requests,
      warmupMs: 300,
      more: { balancers: { view: "board", boardMs } },
    },
    { algorithm, parameters: algorithm === "random" ? { draws } : {} },
  );
  return result.latency.mean;
}

/** Two servers at ρ = .7: the shorter queue on the board gets everything until the next refresh. */
function ofTwo(boardMs: number, full: boolean): Finding {
  const found = meanTimeOf(
    {
      load: 0.7,
      count: 2,
      requests: full ? 20_000_000 : 2_000_000,
      warmupMs: 500,
      more: { balancers: { view: "board", boardMs } },
    },
    { algorithm: "least-conn" },
  );
  return agrees(`2 servers, board every ${boardMs}: E[T]`, found, staleBoardTime(0.7, boardMs), {
    method: "chain of the queues at the refreshes, solved exactly",
  });
}

export const staleInformation: Check = {
  id: "T3",
  title: "Stale information: fewer choices win as the board ages",
  source: "Mitzenmacher, How useful is old information? (2000)",
  *run(full) {
    for (const boardMs of [1, 2, 5]) yield ofTwo(boardMs, full);
    const requests = full ? 1_500_000 : 250_000;
    const at = (boardMs: number) => ({
      least: ["least loaded", meanAt(boardMs, "least-conn", 0, requests)] as const,
      three: ["d 3", meanAt(boardMs, "random", 3, requests)] as const,
      two: ["d 2", meanAt(boardMs, "random", 2, requests)] as const,
      one: ["random", meanAt(boardMs, "random", 1, requests)] as const,
    });
    const [fresh, two, five, old] = [at(0.02), at(2), at(5), at(50)];
    yield ascending("T = 0.02: the more is looked at the better", [
      fresh.least,
      fresh.three,
      fresh.two,
      fresh.one,
    ]);
    yield ascending("T = 2: three choices still beat two", [two.three, two.two]);
    yield ascending("T = 5: two beat three", [five.two, five.three]);
    yield ascending("T = 5: least loaded is worse than random", [five.one, five.least]);
    yield ascending("T = 50: random is best", [old.one, old.two, old.three, old.least]);
  },
};
