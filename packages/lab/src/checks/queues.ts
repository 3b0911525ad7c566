// Small scenarios that the checks share: n servers with a mean service of 1. So every time is a multiple of the mean
// service.
import type { Distribution } from "../sim/distribution.ts";
import type { Scenario, ServerGroup } from "../sim/scenario.ts";
import type { SimulationOptions } from "../sim/simulation.ts";
import { simulate } from "../sim/simulation.ts";

export interface QueueOptions {
  /**
   * Arrivals per server and millisecond. Because the mean service is 1 ms, this number is also the load of a server
   * with one worker.
   */
  readonly load: number;
  readonly count?: number;
  readonly service?: Distribution;
  readonly server?: Partial<ServerGroup>;
  /** How many requests are measured, approximately. */
  readonly requests: number;
  /**
   * The virtual time before the measurement begins. Default: 5 relaxation times of an M/M/1 queue, 5 / (1 − √load)².
   */
  readonly warmupMs?: number;
  readonly more?: Partial<Scenario>;
}

const UNIT: Distribution = { kind: "exponential", mean: 1 };

export function queues({
  load,
  count = 1,
  service = UNIT,
  server = {},
  requests,
  warmupMs = 5 / (1 - Math.sqrt(Math.min(load, 0.97))) ** 2,
  more = {},
}: QueueOptions): Scenario {
  const rate = load * count * (server.workers ?? 1);
  return {
    name: "check",
    warmupMs,
    durationMs: warmupMs + requests / rate,
    traffic: { kind: "open", arrivals: { kind: "poisson", rate: rate * 1000 } },
    service,
    servers: [{ count, ...server }],
    measure: { seriesMs: warmupMs + requests / rate, sampleMs: 1, perServer: false },
    ...more,
  };
}

export const run = (options: QueueOptions, how: SimulationOptions) =>
  simulate(queues(options), how);
