// The plan of a backend, made from its configuration. A reload makes a new plan while the backend still uses its
// current plan. Making a plan may fail and changes nothing. Adopting a plan (backend.ts) must not fail.
import { isDeepStrictEqual } from "node:util";
import type { Picker } from "@tandem/algorithms";
import type { BackendConfig } from "@tandem/config";
import { type Rng, type ServerTls, serverTls } from "@tandem/transport";
import type { CustomAlgorithms } from "../balance/custom.ts";
import type { Complain } from "../balance/guarded.ts";
import { openPicker } from "../balance/open-picker.ts";
import { type RequestKey, requestKey } from "../balance/request-key.ts";
import { BACKEND_GAUGE, type BackendMemory } from "../memory/shared-memory.ts";
import type { ConnectionEnvironment } from "../pool/server-pool.ts";
import type { Server } from "../server/server.ts";
import { backendServers } from "../server/servers.ts";

/** The objects and settings that a data thread gives to its backends. */
export interface BackendEnvironment extends ConnectionEnvironment {
  /** The index of this thread among the threads that share the memory, from 0 on. */
  readonly thread: number;
  readonly box: string;
  readonly rng: Rng;
  /** Tells the operator about a problem that does not stop requests from being served. */
  readonly complain: Complain;
}

export interface BackendPlan {
  readonly config: BackendConfig;
  readonly servers: readonly Server[];
  readonly tls: ServerTls | undefined;
  readonly picker: Picker<Server>;
  /**
   * Finds a request's key: requests with the same key go to the same server. Undefined when the algorithm uses no keys.
   */
  readonly keyOf: RequestKey | undefined;
  /** The picker, if its algorithm learns from how requests go; otherwise undefined. */
  readonly learner: Picker<Server> | undefined;
  /** Whether a request may wait in the queue of one server, the server that its key selects. */
  readonly ownQueues: boolean;
}

/**
 * Plans a backend. Servers, certificates and the picker that would not change are taken over from `before`, the
 * current plan. Throws when certificates cannot be read or a custom algorithm makes no picker.
 */
export function planBackend(
  config: BackendConfig,
  memory: BackendMemory,
  customs: CustomAlgorithms,
  { box, thread, rng, clock, complain }: BackendEnvironment,
  before: BackendPlan | undefined,
): BackendPlan {
  const { balance } = config;
  const gauges = new Int32Array(memory.gauges);
  const now = () => clock.now();
  const ticket = () => Atomics.add(gauges, BACKEND_GAUGE.ticket, 1) >>> 0;
  // The file of a module may have changed although the configuration has not. So the picker of a
  // module is always made anew.
  const same = balance.algorithm !== "module" && isDeepStrictEqual(balance, before?.config.balance);
  const picker =
    same && before !== undefined
      ? before.picker
      : openPicker(balance, { rng, now, ticket, customs, complain });
  const learns = picker.started ?? picker.firstByte ?? picker.ended;
  const limited = Object.values(config.servers).some(({ queue }) => queue.limit > 0);
  return {
    ...{ config, picker, keyOf: requestKey(balance) },
    ownQueues: limited && picker.preferred !== undefined,
    learner: learns === undefined ? undefined : picker,
    servers: backendServers(config, memory, { box, thread }, before?.servers),
    tls: config.tls && serverTls(config.tls, before?.tls),
  };
}
