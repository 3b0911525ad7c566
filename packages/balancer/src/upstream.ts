// The forwarding engine on its own, for a tier that is not a balancer (nginx calls it an upstream). The engine runs in
// one thread and includes the health checks.
import type { BackendConfig } from "@tandem/config";
import type { Exchange } from "@tandem/http/exchange";
import type { Logger, Readiness } from "@tandem/telemetry";
import {
  type Clock,
  type Deadlines,
  Names,
  ReadBuffers,
  type Service,
  systemRng,
  turnClock,
} from "@tandem/transport";
import { Backend } from "./backend/backend.ts";
import { ServerNames } from "./backend/server-names.ts";
import { type CustomAlgorithms, loadCustoms, NO_CUSTOMS } from "./balance/custom.ts";
import { Complaints } from "./control/complaints.ts";
import { forward } from "./exchange/forward.ts";
import type { ForwardOptions } from "./exchange/forward-options.ts";
import { BackendChecks, logAbilities, logChanges } from "./health/backend-checks.ts";
import { readinessBefore } from "./health/system-parts.ts";
import { allocateShared, memoryOf } from "./memory/shared-memory.ts";
import type { ServerProtocol } from "./pool/protocol.ts";

export interface UpstreamEnvironment {
  /** The name of the machine we run on, for `prefer: same-box`. */
  readonly box: string;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly logger: Logger;
  /** The protocol that is used with servers; the one that the configuration names when absent. */
  readonly protocol?: ServerProtocol | undefined;
  /**
   * The loaded custom algorithms, as `loadUpstreamAlgorithms` returns them. Needed when the backend's algorithm is a
   * module.
   */
  readonly customs?: CustomAlgorithms;
}

/** Loads the custom algorithm of a backend, if the backend names one. Rejects with a message for the operator. */
export function loadUpstreamAlgorithms(
  name: string,
  config: BackendConfig,
): Promise<CustomAlgorithms> {
  return loadCustoms({ backends: { [name]: config } }, () => "webserver.upstream");
}

/** The servers behind this tier. `start` resolves when every server with regular checks has been checked once. */
export interface Upstream extends Service {
  /** Returns the readiness of this tier. It follows only from the health checks of the servers behind the tier. */
  readiness(): Readiness;
  /** Forwards a request and relays its answer. However the request ends, `options.log` gets a record of it. */
  forward(exchange: Exchange, options: ForwardOptions): void;
}

export function openUpstream(
  name: string,
  config: BackendConfig,
  { box, clock, deadlines, logger, protocol, customs = NO_CUSTOMS }: UpstreamEnvironment,
): Upstream {
  const memory = allocateShared({ frontends: {}, backends: { [name]: config } }, 1, systemRng);
  const buffers = new ReadBuffers(turnClock(clock));
  const { tell: complain } = new Complaints(clock, logger);
  const connecting = { clock, deadlines, buffers, names: new Names(), protocol };
  const environment = { ...connecting, thread: 0, box, rng: systemRng, complain };
  const own = memoryOf(memory.backends, name);
  const backend = new Backend(name, config, own, environment, customs);
  const changed = logChanges(logger);
  const health = new BackendChecks(name, config, backend.servers, {
    ...{ connecting, rng: systemRng, changed, complain },
    degraded: logAbilities(logger),
  });
  const names = new ServerNames({
    ...{ clock, names: connecting.names, complain },
    changed: (host) => backend.readdress(host),
  });
  return {
    name,
    readiness: () =>
      readinessBefore(
        "application",
        backend.servers.map((server) => ({ server, report: health.report(server) })),
      ),
    forward: (exchange, options) => forward(backend, exchange, options),
    start: async () => {
      await names.watch({ [name]: config });
      await health.start();
    },
    drain: async () => {
      health.stop();
      backend.drain();
    },
    stop: async () => {
      names.stop();
      health.stop();
      backend.stop();
    },
  };
}
