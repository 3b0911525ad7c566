// Weights 5 : 3 : 2 through the real balancer with real sockets.
import t, { type Test } from "tap";
import { liveShares, type SharesScenario } from "./live-shares.ts";

const weights = { a: 5, b: 3, c: 2 };
const wanted: Readonly<Record<string, number>> = { a: 0.5, b: 0.3, c: 0.2 };
const common = { weights, requests: 2000, clients: 20, serviceMs: 2 };

/** Each share is within `tolerance` of its weight. */
async function check(
  t: Test,
  balance: SharesScenario["balance"],
  tolerance: number,
): Promise<void> {
  const shares = await liveShares({ ...common, balance });
  for (const [name, share] of Object.entries(shares)) {
    const off = Math.abs(share - (wanted[name] ?? 0));
    t.ok(off <= tolerance, `${balance.algorithm} ${name}: ${share}`);
  }
}

t.test("live shares: rotations are exact but for the turn they began in", async (t) => {
  // A period is 10 requests: at most one of them is not complete, 10 of 2000.
  await check(t, { algorithm: "round-robin" }, 0.005);
  await check(t, { algorithm: "static-rr" }, 0.005);
});

t.test("live shares: chance within five standard errors", async (t) => {
  // √(p(1-p)/2000) is at most 1.12 %.
  await check(t, { algorithm: "random", draws: 1, failurePenalty: "0ms" }, 0.056);
});

t.test(
  "live shares: least-conn keeps requests in flight by weight, so it shares by weight",
  async (t) => {
    // 20 clients over Σw = 10: 10, 6 and 4 in flight, all taking 2 ms; scheduling jitter of a test process: 2 %.
    await check(t, { algorithm: "least-conn" }, 0.02);
  },
);

t.test("live shares: a hash shares keys, so a server's part is that of its keys", async (t) => {
  const shares = await liveShares({ ...common, paths: 1000, balance: { algorithm: "uri" } });
  // Of 1000 keys by weight: √(p(1-p)/1000) is at most 1.6 %, five of it; the keys are always the same.
  for (const [name, share] of Object.entries(shares))
    t.ok(Math.abs(share - (wanted[name] ?? 0)) < 0.08, `${name}: ${share}`);
});
