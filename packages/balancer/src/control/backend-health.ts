// Every backend's servers as their checks see them: opened once per process, by the thread that owns
// the shared memory.
import type { BackendView } from "../admin/status.ts";
import { backendServers } from "../backend/backend.ts";
import { initialise } from "../backend/initialise.ts";
import type { SharedState } from "../backend/shared-state.ts";
import type { Directory } from "../directory.ts";
import { Health, type HealthEnvironment } from "../health/health.ts";

/** A backend with its checks. */
export interface BackendHealth extends BackendView {
  readonly health: Health;
}

export interface BackendHealthEnvironment extends HealthEnvironment {
  readonly shared: SharedState;
  readonly box: string;
}

/** Writes the servers' first state and makes their monitors, which are yet to be started. */
export function openHealth(
  { backends }: Directory,
  environment: BackendHealthEnvironment,
): readonly BackendHealth[] {
  const { shared, box } = environment;
  return backends.map(({ name, config, index, firstServer }) => {
    initialise(shared, config, firstServer);
    const servers = backendServers(config, { shared, firstServer, box });
    const health = new Health(name, config, servers, environment);
    return { name, config, index, servers, health, report: health.report.bind(health) };
  });
}
