// The programs whose footprint is compared: Tandem in each of its forms, and the proxies that people use instead.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { caddy } from "../peers/caddy.ts";
import { haproxy } from "../peers/haproxy.ts";
import { nginx } from "../peers/nginx.ts";
import type { Peer, PeerCommand, PeerSetup } from "../peers/peer.ts";
import { tandemConfig } from "../peers/tandem.ts";

export const ROOT = join(import.meta.dirname, "../../..");
const DIST = join(ROOT, "distribution/dist");

export interface Program {
  readonly name: string;
  /** Why the program cannot be measured on this machine; undefined when it can. */
  missing(): string | undefined;
  readonly help: readonly string[];
  readonly version: readonly string[];
  /** How the program starts as a proxy with one route: Tandem with two data threads, the others with one thread. */
  proxy(setup: PeerSetup): PeerCommand;
  /** The command of Tandem, to which the words of a command line are added. Undefined for other programs. */
  readonly tandem?: readonly string[];
  /** The files and folders that are installed. Undefined for other programs. */
  readonly installed?: readonly string[];
}

function tandem(name: string, command: readonly string[], installed: readonly string[]): Program {
  const file = command.at(-1) ?? "";
  return {
    name,
    missing: () => (existsSync(file) ? undefined : "it is not built; run npm run dist"),
    help: [...command, "--help"],
    version: [...command, "--version"],
    proxy: (setup) => ({
      command: [...balancerOf(command), "--config", join(setup.directory, "tandem.yaml")],
      files: { "tandem.yaml": tandemConfig(setup, 2) },
    }),
    tandem: command,
    installed,
  };
}

/** The sources have a program for each tier; what is built has one program that takes the tier as its first word. */
function balancerOf(command: readonly string[]): readonly string[] {
  return command.at(-1)?.endsWith(".ts") === true
    ? [process.execPath, join(ROOT, "packages/balancer/bin/tandem-balancer.ts")]
    : [...command, "balancer"];
}

function other(peer: Peer, help: readonly string[], version: readonly string[]): Program {
  const { name } = peer;
  return {
    name,
    missing: () => peer.missing(),
    help: [name, ...help],
    version: [name, ...version],
    proxy: (setup) => peer.command(setup),
  };
}

const modules = join(DIST, "tandem/tandem.js");
const executable = join(DIST, `tandem-${process.platform}-${process.arch}`);

export const PROGRAMS: readonly Program[] = [
  tandem("tandem (executable)", [executable], [executable]),
  tandem("tandem (modules)", [process.execPath, modules], [join(DIST, "tandem")]),
  tandem(
    "tandem (sources)",
    [process.execPath, join(ROOT, "packages/cluster/bin/tandem.ts")],
    [join(ROOT, "node_modules")],
  ),
  other(haproxy, ["-h"], ["-v"]),
  other(nginx, ["-h"], ["-v"]),
  other(caddy, ["help"], ["version"]),
];
