// The laboratory simulates with the same files that serve traffic. So in one scenario with weighted servers, each
// server must get the same share of the requests in the real balancer, with real sockets, and in the simulator.
import { liveShares } from "@tandem/balancer/live-shares";
import t from "tap";
import { type Scenario, simulate } from "../src/index.ts";

const WEIGHTS = { a: 5, b: 3, c: 2 };
const CLIENTS = 20;
const SERVICE_MS = 4;
const REQUESTS = 4000;

/**
 * What the simulator runs. It describes what the real balancer and its clients do in this test: no request waits at a
 * server, and each client sends its next request at once.
 */
const scenario: Scenario = {
  name: "weights 5:3:2",
  durationMs: (REQUESTS / CLIENTS) * SERVICE_MS,
  traffic: { kind: "closed", users: CLIENTS, think: { kind: "constant", value: 0.001 } },
  service: { kind: "constant", value: SERVICE_MS },
  servers: Object.values(WEIGHTS).map((weight) => ({ count: 1, weight, workers: CLIENTS })),
};

/**
 * The greatest accepted difference of two shares. Each share is measured over REQUESTS requests. When every pick is
 * random, the difference of two shares has a standard error of √(2·p(1−p)/4000) = 1.1 % at most. With round robin the
 * error is 0. With the better of two random servers it is about half of 1.1 %.
 */
const TOLERANCE = 0.02;

const CASES = [
  { algorithm: "round-robin", balance: {}, parameters: {} },
  { algorithm: "least-conn", balance: {}, parameters: {} },
  { algorithm: "random", balance: { draws: 2 }, parameters: { draws: 2 } },
] as const;

for (const { algorithm, balance, parameters } of CASES) {
  t.test(`${algorithm}: live and simulated shares agree within 2 %`, async (t) => {
    const live = await liveShares({
      weights: WEIGHTS,
      balance: { algorithm, ...balance },
      requests: REQUESTS,
      clients: CLIENTS,
      serviceMs: SERVICE_MS,
    });
    const { servers } = simulate(scenario, { algorithm, parameters, seed: 1 });
    Object.keys(WEIGHTS).forEach((name, index) => {
      const [real, simulated] = [live[name] ?? 0, servers[index]?.share ?? 0];
      const words = `${name}: live ${real.toFixed(4)}, simulated ${simulated.toFixed(4)}`;
      t.ok(Math.abs(real - simulated) <= TOLERANCE, words);
    });
  });
}
