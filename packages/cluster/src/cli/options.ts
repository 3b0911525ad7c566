// The options that most commands share, and the loading of the configurations that these options select.
import { type Config, loadConfig } from "@tandem/config";
import type { Command } from "commander";
import type { BoxConfigs } from "../prepare.ts";
import { boxesOf } from "../topology.ts";

export interface SiteOptions {
  readonly config: string;
  readonly box?: string;
}

/** Adds the options `--config` and `--box`. */
export function withSiteOptions(command: Command): Command {
  return command
    .option("--config <file>", "the site's configuration", "tandem.yaml")
    .option("--box <name>", "only this box of cluster.boxes (default: all of them)");
}

/** Loads the file once for each box of this machine (`${BOX}` differs). Throws a ConfigError or a CommandRefusal. */
export function loadBoxes({ config: file, box }: SiteOptions): {
  readonly config: Config;
  readonly boxes: BoxConfigs;
} {
  const config = loadConfig(file);
  const names = boxesOf(config, file, box);
  return { config, boxes: new Map(names.map((name) => [name, loadConfig(file, { box: name })])) };
}

/** Returns a text of examples for a command's help. */
export function examples(...lines: readonly (readonly [command: string, does: string])[]): string {
  const width = Math.max(...lines.map(([command]) => command.length));
  return `${lines.map(([c, does]) => `  $ tandem ${c.padEnd(width)}  # ${does}`).join("\n")}\n`;
}
