// Where each frontend, backend and server sits in the shared memory. The control thread and the data
// threads work it out from the same configuration, so nobody has to be told.
import type { BackendConfig, BalancerConfig, FrontendConfig } from "@tandem/config";
import type { SharedShape } from "./backend/shared-state.ts";

export interface FrontendEntry {
  readonly name: string;
  readonly config: FrontendConfig;
  readonly index: number;
}

export interface BackendEntry {
  readonly name: string;
  readonly config: BackendConfig;
  readonly index: number;
  /** Index of its first server; the others follow. */
  readonly firstServer: number;
}

export interface Directory {
  readonly frontends: readonly FrontendEntry[];
  readonly backends: readonly BackendEntry[];
  readonly servers: number;
}

export function directoryOf(config: BalancerConfig): Directory {
  let servers = 0;
  const backends = Object.entries(config.backends).map(([name, backend], index) => {
    const firstServer = servers;
    servers += Object.keys(backend.servers).length;
    return { name, config: backend, index, firstServer };
  });
  const frontends = Object.entries(config.frontends).map(([name, frontend], index) => ({
    name,
    config: frontend,
    index,
  }));
  return { frontends, backends, servers };
}

export function shapeOf(directory: Directory, threads: number): SharedShape {
  const { frontends, backends, servers } = directory;
  return { frontends: frontends.length, backends: backends.length, servers, threads };
}
