// Makes a frontend for a configuration, of the kind that its mode asks for.
import type { FrontendConfig } from "@tandem/config";
import type { Backend } from "../backend/backend.ts";
import { Frontend, type FrontendEnvironment, planFrontend } from "../frontend/frontend.ts";
import type { OpenFrontend } from "../frontend/open-frontend.ts";
import type { FilterSurroundings } from "../frontend/plan-filters.ts";
import { planTcp, TcpFrontend } from "../tcp/tcp-frontend.ts";

/** The configuration of one frontend, and what it may name. */
export interface Written {
  readonly name: string;
  readonly config: FrontendConfig;
  readonly backends: ReadonlyMap<string, Backend>;
  /** The configurations of all frontends: a redirect may name their hosts. */
  readonly all: Readonly<Record<string, FrontendConfig>>;
  readonly surroundings: FilterSurroundings;
}

/** A frontend for a configuration: one that is open already, or a new one that does not listen yet. */
export interface PlannedFrontend {
  readonly frontend: OpenFrontend;
  /** Puts the configuration in force in a frontend that was open already; undefined for a new one. */
  readonly adopt: (() => void) | undefined;
}

/**
 * Plans a frontend, and changes nothing in `kept`, the open frontend of that name. Throws when certificates cannot be
 * read or a filter cannot be made.
 */
export function planOpenFrontend(
  { name, config, backends, all, surroundings }: Written,
  kept: OpenFrontend | undefined,
  environment: () => FrontendEnvironment,
): PlannedFrontend {
  const suits = kept?.suits(config) === true;
  if (config.mode === "tcp") {
    const plan = planTcp(name, config, backends);
    if (suits && kept instanceof TcpFrontend)
      return { frontend: kept, adopt: () => kept.adopt(plan) };
    return { frontend: new TcpFrontend(name, plan, environment()), adopt: undefined };
  }
  const plan = planFrontend(name, config, backends, all, surroundings);
  if (suits && kept instanceof Frontend) return { frontend: kept, adopt: () => kept.adopt(plan) };
  return { frontend: new Frontend(name, plan, environment()), adopt: undefined };
}
