// Which box of the file a process is, where no --box says so: the only one there is, or the one that bears the
// machine's host name. A file without boxes describes one machine, whatever its name, and no other can be asked for.
import { loadConfig } from "./load.ts";
import { ConfigError } from "./problem.ts";
import type { Config } from "./schema/config.ts";

/** The configuration as one box reads it, and that box's name. */
interface LoadedBox {
  readonly config: Config;
  readonly box: string;
}

/** Reads `file` as box `wanted`, or as the one this machine must be. Throws a ConfigError when that is open. */
export function loadForBox(file: string, wanted: string | undefined, hostname: string): LoadedBox {
  const box = wanted ?? onlyBox(file, hostname);
  const config = loadConfig(file, { box });
  if (box !== hostname && Object.keys(config.cluster.boxes).length === 0)
    throw problemOf(
      file,
      `found none, so the file describes one machine, and no box '${box}'; leave --box out`,
    );
  return { config, box };
}

function onlyBox(file: string, hostname: string): string {
  const names = Object.keys(loadConfig(file).cluster.boxes);
  if (names.length === 0 || names.includes(hostname)) return hostname;
  const [only = hostname] = names;
  if (names.length === 1) return only;
  const message = `describes ${names.join(" and ")}, and this machine's host name, '${hostname}', is none of them; say which one it is: --box NAME`;
  throw problemOf(file, message);
}

function problemOf(file: string, message: string): ConfigError {
  const place = { line: 1, column: 1, width: 1, source: "" };
  const docs = "docs/configuration.md#box";
  return new ConfigError([{ file, ...place, path: "cluster.boxes", message, docs }]);
}
