// The options that most commands share, and the loading of the configurations that these options select.
import { type Config, loadConfig } from "@tandem/config";
import type { Command } from "commander";
import type { BoxConfigs } from "../certificates/wanted.ts";
import { boxesOf } from "../topology.ts";
import { findConfig } from "./find-config.ts";
import { say } from "./terminal.ts";

export { examples } from "./examples.ts";

export interface SiteOptions {
  readonly config: string;
  readonly box?: string;
}

/** Adds the options `--config` and `--box`. Before the command's action runs, `config` has a value. */
export function withSiteOptions(command: Command): Command {
  return withConfigOption(command)
    .option("--box <name>", "only this box of cluster.boxes (default: all of them)")
    .hook("preAction", fillConfig);
}

export function withConfigOption(command: Command): Command {
  return command.option(
    "--config <file>",
    "the site's configuration (default: the nearest tandem.yaml upwards, then /etc/tandem/tandem.yaml)",
  );
}

/** Gives the option `config` a value when the command line has none. Throws a CommandRefusal when no file is found. */
function fillConfig(command: Command): void {
  if (command.opts<Partial<SiteOptions>>().config === undefined)
    command.setOptionValue("config", siteFile());
}

/**
 * Returns the configuration file for a command that was called without one. Says on stderr which file it is, unless it
 * is ./tandem.yaml.
 */
export function siteFile(): string {
  const file = findConfig();
  if (file !== "tandem.yaml") say(`configuration: ${file}`);
  return file;
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
