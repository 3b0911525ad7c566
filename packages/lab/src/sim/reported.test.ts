// Tests what servers report to the balancers, when, and to how many of them.
import t from "tap";
import type { Scenario } from "./scenario.ts";
import { Simulation, type SimulationOptions } from "./simulation.ts";

const BASE: Scenario = {
  name: "reported",
  durationMs: 1000.5,
  traffic: { kind: "open", arrivals: { kind: "deterministic", ratePerSecond: 1000 } },
  service: { kind: "constant", value: 0.5 },
  servers: [{ count: 2 }],
};

/** Runs the scenario, and counts the reports to all balancers instead of giving them to the pickers. */
function reportsIn(scenario: Scenario, options: SimulationOptions): number {
  const simulation = new Simulation(scenario, options);
  let reports = 0;
  for (const picker of simulation.pickers) Object.assign(picker, { report: () => reports++ });
  simulation.runUntil(1000);
  return reports;
}

t.test("every server reports at the interval, the servers one after the other", async (t) => {
  const scenario = { ...BASE, reports: { everyMs: 100 } };
  // At 0, 100 … 1000 and at 50, 150 … 950.
  t.equal(reportsIn(scenario, { algorithm: "client-side-wrr" }), 11 + 10);
});

t.test("an idle server is known to one balancer until that picks it", async (t) => {
  const scenario: Scenario = {
    ...BASE,
    servers: [{ count: 1 }],
    balancers: { count: 2 },
    reports: { whenIdle: true },
  };
  const reports = reportsIn(scenario, {
    algorithm: "join-idle-queue",
    parameters: { joinOnEnd: false },
  });
  // Half of the thousand requests come to the balancer that knows it. Four standard deviations are 63.
  t.ok(reports > 430 && reports < 570, `${reports} reports`);
});

t.test("utilization is that of a worker: four workers can take four times as much", async (t) => {
  const scenario: Scenario = {
    ...BASE,
    servers: [{ count: 1 }, { count: 1, workers: 4 }],
    reports: { everyMs: 50, windowMs: 200 },
  };
  const parameters = { reports: { blackout: "0ms", update: "50ms" } };
  const simulation = new Simulation(scenario, { algorithm: "client-side-wrr", parameters });
  simulation.runUntil(1000);
  const [picker] = simulation.pickers;
  const seen = picker !== undefined && "inspect" in picker ? picker.inspect : undefined;
  if (typeof seen !== "function") return t.fail("the picker shows nothing");
  const { weights } = seen.call(picker);
  const ratio = weights[1].value / weights[0].value;
  t.ok(Math.abs(ratio - 4) < 0.2, `${ratio} is about 4`);
});
