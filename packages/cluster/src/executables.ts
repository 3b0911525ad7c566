// Where the executables of the tiers are. This package depends on no tier, so it finds the executables by their path
// in the workspace instead of importing them.
import { fileURLToPath } from "node:url";
import type { TierName } from "./topology.ts";

/**
 * A program and the arguments that are the same at every start. Arguments of a single start are
 * added at the end.
 */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
}

export type Executables = Readonly<Record<TierName, Command>>;

function neighbour(tier: TierName): Command {
  const script = new URL(`../../${tier}/bin/tandem-${tier}.ts`, import.meta.url);
  return { file: process.execPath, args: [fileURLToPath(script)] };
}

/** The executables that belong to this supervisor. They run on the same Node as the supervisor. */
export const tierExecutables: Executables = {
  appserver: neighbour("appserver"),
  webserver: neighbour("webserver"),
  balancer: neighbour("balancer"),
};
