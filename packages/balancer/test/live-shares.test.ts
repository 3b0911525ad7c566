// Tests that the real balancer, over real sockets, shares requests in proportion to the weights 5 : 3 : 2.
import t, { type Test } from "tap";
import { liveShares, type SharesScenario } from "./live-shares.ts";

const weights = { a: 5, b: 3, c: 2 };
const wanted: Readonly<Record<string, number>> = { a: 0.5, b: 0.3, c: 0.2 };
const common = { weights, requests: 2000, clients: 20, serviceMs: 2 };

/**
 * Checks that each server's share of the requests differs by at most `tolerance` from the server's share of the
 * weights.
 */
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

t.test("live shares: rotations are exact up to one incomplete period", async (t) => {
  // A period has 10 requests. At most one period is incomplete: 10 of 2000 requests.
  await check(t, { algorithm: "round-robin" }, 0.005);
  await check(t, { algorithm: "static-rr" }, 0.005);
});

t.test("live shares: random choice is within five standard errors", async (t) => {
  // The standard error √(p(1-p)/2000) is at most 1.12 %, and five times this error is allowed.
  await check(t, { algorithm: "random", draws: 1, failurePenalty: "0ms" }, 0.056);
});

t.test(
  "live shares: least-conn keeps requests in flight by weight, so it shares by weight",
  async (t) => {
    // The sum of the weights is 10, so the requests of 20 clients are divided into 10, 6 and 4 in
    // flight. Each request takes 2 ms at every server. The tolerance of 2 % allows for scheduling
    // jitter of the test process.
    await check(t, { algorithm: "least-conn" }, 0.02);
  },
);

t.test("live shares: a hash shares keys, so a server's share is that of its keys", async (t) => {
  const shares = await liveShares({ ...common, paths: 1000, balance: { algorithm: "uri" } });
  // For 1000 keys the standard error √(p(1-p)/1000) is at most 1.6 %, and five times this error is allowed. The keys
  // are always the same, so the result is not random.
  for (const [name, share] of Object.entries(shares))
    t.ok(Math.abs(share - (wanted[name] ?? 0)) < 0.08, `${name}: ${share}`);
});
