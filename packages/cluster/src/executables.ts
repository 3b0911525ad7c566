// Where the programs are that the command starts as processes: the tiers and the laboratory. This package imports none
// of them. In a clone it finds them by their paths in the workspace. An installed command passes its own table.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { TierName } from "./topology.ts";

/**
 * A program and the arguments that are the same at every start. Arguments of a single start are
 * added at the end.
 */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  /** The environment of the process; by default that of this process. */
  readonly env?: NodeJS.ProcessEnv;
}

export interface Executables extends Readonly<Record<TierName, Command>> {
  /** This command itself, as it is on the disk. An upgrade starts it anew. */
  readonly command: Command;
  /** The laboratory. Undefined = it is not part of this installation. */
  readonly lab: Command | undefined;
}

function neighbour(program: TierName | "lab"): Command {
  return script(`${program}/bin/tandem-${program}.ts`);
}

/** `path` begins with the name of a package's folder. A bundler that sees a whole path here would bundle the file. */
function script(path: string): Command {
  const url = new URL(`../../${path}`, import.meta.url);
  return { file: process.execPath, args: [fileURLToPath(url)] };
}

/** The programs of this clone. They run on the same Node as the command. */
export const cloneExecutables: Executables = {
  command: script("cluster/bin/tandem.ts"),
  appserver: neighbour("appserver"),
  webserver: neighbour("webserver"),
  balancer: neighbour("balancer"),
  lab: existing(neighbour("lab")),
};

function existing(command: Command): Command | undefined {
  return command.args.every((path) => existsSync(path)) ? command : undefined;
}
