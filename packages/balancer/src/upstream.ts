// The forwarding engine on its own, for a tier that is no balancer: what nginx calls an upstream.
// One thread, health checks included.
import type { BackendConfig } from "@tandem/config";
import type { ServerExchange } from "@tandem/http/session";
import type { Logger } from "@tandem/telemetry";
import {
  type Clock,
  type Deadlines,
  ReadBuffers,
  type Service,
  systemRng,
  turnClock,
} from "@tandem/transport";
import { Backend } from "./backend/backend.ts";
import { initialise } from "./backend/initialise.ts";
import type { Server } from "./backend/server.ts";
import { allocateShared, SharedState } from "./backend/shared-state.ts";
import { forward } from "./exchange/forward.ts";
import type { ForwardOptions } from "./exchange/forward-options.ts";
import { Health, logChanges } from "./health/health.ts";

export interface UpstreamEnvironment {
  /** Which box we are on, for `prefer: same-box`. */
  readonly box: string;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly logger: Logger;
}

/** Servers behind this tier. `start` resolves when each was checked once. */
export interface Upstream extends Service {
  readonly servers: readonly Server[];
  /** Sends a request on and its answer back; every ending is in the record given to `options.log`. */
  forward(exchange: ServerExchange, options: ForwardOptions): void;
}

export function openUpstream(
  name: string,
  config: BackendConfig,
  { box, clock, deadlines, logger }: UpstreamEnvironment,
): Upstream {
  const count = Object.keys(config.servers).length;
  const shape = { frontends: 0, backends: 1, servers: count, threads: 1 };
  const shared = new SharedState(allocateShared(shape), 0);
  const buffers = new ReadBuffers(turnClock(clock));
  const place = { shared, index: 0, firstServer: 0, box };
  const environment = { ...place, clock, rng: systemRng, deadlines, buffers };
  const backend = new Backend(name, config, environment);
  initialise(shared, config, 0);
  const changed = logChanges(logger);
  const health = new Health(name, config, backend.servers, { clock, rng: systemRng, changed });
  return {
    name,
    servers: backend.servers,
    forward: (exchange, options) => forward(backend, exchange, options),
    start: () => health.start(),
    drain: async () => {
      health.stop();
      backend.drain();
    },
    stop: async () => {
      health.stop();
      backend.stop();
    },
  };
}
