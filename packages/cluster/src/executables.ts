// Where the tiers' executables are. This package depends on no tier, so they are found as neighbours
// in the workspace rather than resolved as packages.
import { fileURLToPath } from "node:url";
import type { TierName } from "./topology.ts";

/** A program and the arguments that come before those of a particular start. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
}

export type Executables = Readonly<Record<TierName, Command>>;

function neighbour(tier: TierName): Command {
  const script = new URL(`../../${tier}/bin/tandem-${tier}.ts`, import.meta.url);
  return { file: process.execPath, args: [fileURLToPath(script)] };
}

/** The executables that ship with this supervisor, run by the Node that runs it. */
export const tierExecutables: Executables = {
  appserver: neighbour("appserver"),
  webserver: neighbour("webserver"),
  balancer: neighbour("balancer"),
};
