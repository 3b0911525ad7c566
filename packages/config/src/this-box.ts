// Finds the box that this process runs as when no --box is given: the only box of the file, or the box with the
// machine's host name. A file without boxes describes one machine, which may have any name, and accepts no --box.
import { loadConfig } from "./load.ts";
import { ConfigError } from "./problem.ts";
import type { Config } from "./schema/config.ts";

/** The configuration as read for one box, and that box's name. */
export interface LoadedBox {
  readonly config: Config;
  readonly box: string;
}

/**
 * Reads `file` for the box `wanted`. Without `wanted`, reads it for the only box of the file, or for the box named
 * `hostname`; throws a ConfigError when neither exists. Also throws when `wanted` is given for a file without boxes.
 */
export function loadForBox(file: string, wanted: string | undefined, hostname: string): LoadedBox {
  const box = wanted ?? onlyBox(file, hostname);
  const config = loadConfig(file, { box });
  if (box !== hostname && Object.keys(config.cluster.boxes).length === 0)
    throw problemOf(
      file,
      `found no boxes, so the file describes one machine; leave out --box ${box}`,
    );
  return { config, box };
}

function onlyBox(file: string, hostname: string): string {
  const names = Object.keys(loadConfig(file).cluster.boxes);
  if (names.length === 0 || names.includes(hostname)) return hostname;
  const [only = hostname] = names;
  if (names.length === 1) return only;
  const message = `describes the boxes ${names.join(" and ")}, and this machine's host name, '${hostname}', is none of them; say which box this is: --box NAME`;
  throw problemOf(file, message);
}

function problemOf(file: string, message: string): ConfigError {
  const place = { line: 1, column: 1, width: 1, source: "" };
  const docs = "docs/configuration.md#box";
  return new ConfigError([{ file, ...place, path: "cluster.boxes", message, docs }]);
}
