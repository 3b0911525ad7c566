// The runs of the simulator that are timed: the same open traffic on few and on many servers, with equal weights and
// with weights 1, 2 and 3.

/** One run of the simulator. */
export interface SimulatorCase {
  readonly name: string;
  readonly algorithm: string;
  readonly servers: number;
  readonly weighted: boolean;
  /** How many requests one run simulates, about. */
  readonly requests: number;
}

const MANY = 600_000;
const SOME = 200_000;

function row(algorithm: string, servers: number, weighted = false): SimulatorCase {
  const name = `${algorithm}, ${servers}${weighted ? ", weights 1 to 3" : ""}`;
  return { name, algorithm, servers, weighted, requests: servers > 100 ? SOME : MANY };
}

export const SIMULATOR_CASES: readonly SimulatorCase[] = [
  row("round-robin", 10),
  row("round-robin", 10, true),
  row("random", 10),
  row("least-conn", 10),
  row("least-conn", 10, true),
  row("peak-ewma", 10),
  row("prequal", 10),
  row("random", 1_000),
  row("least-conn", 1_000),
  row("least-conn", 1_000, true),
  row("round-robin", 10_000),
  row("least-conn", 10_000),
];

/** Requests per server and second: with a mean service time of 1 ms, a load of 0.8. */
const PER_SERVER = 800;

/** Returns the scenario of a run, as the laboratory takes it: plain data. */
export function scenarioOf({ name, servers, weighted, requests }: SimulatorCase): object {
  const rate = servers * PER_SERVER;
  // A server is as fast as its weight says, and the mean speed is 1, so the load is the same with and without weights.
  const groups = [1, 2, 3].map((weight) => {
    const count = Math.floor((servers + 3 - weight) / 3);
    return { count, weight, speed: weight / 2 };
  });
  return {
    name,
    durationMs: (requests * 1000) / rate,
    traffic: { kind: "open", arrivals: { kind: "poisson", rate } },
    service: { kind: "exponential", mean: 1 },
    servers: weighted ? groups.filter(({ count }) => count > 0) : [{ count: servers }],
  };
}
