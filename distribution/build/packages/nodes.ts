// The versions of Node that the packages are tried on, from the registry's packages of Node's binaries.
import { join } from "node:path";
import { run } from "../run.ts";
import { OLDEST_NODE, OLDEST_NODE_OF_THE_COMMAND } from "./table.ts";

/** The oldest Nodes that will do, and the newest of each line that is maintained. Each new one is pinned here. */
export const NODES: readonly string[] = [
  OLDEST_NODE,
  OLDEST_NODE_OF_THE_COMMAND,
  "22.23.5",
  "24.22.3",
  "26.12.1",
];

/** Installs a Node into `folder` and returns its executable. Needs the registry. */
export function installNode(version: string, folder: string): string {
  const name = `node-${process.platform}-${process.arch}`;
  const prefix = join(folder, version);
  const options = ["--no-save", "--no-audit", "--no-fund", "--ignore-scripts"];
  run("npm", ["install", "--prefix", prefix, ...options, `${name}@${version}`]);
  return join(prefix, "node_modules", name, "bin/node");
}
