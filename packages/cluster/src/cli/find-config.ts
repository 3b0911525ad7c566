// Finds the configuration file of a command that was called without `--config`: the nearest tandem.yaml, in the current
// folder or a folder above it, and otherwise the file of the machine. So a command works in every folder of a site.
import { existsSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { CommandRefusal, EXIT } from "../refusal.ts";
import { shellWord } from "../shell-word.ts";

const NAME = "tandem.yaml";
/** The file of the machine, which the Debian package and the units of docs/operations use. */
const MACHINE_FILE = `/etc/tandem/${NAME}`;

export interface Search {
  readonly folder: string;
  readonly machineFile: string;
  /** The user that runs the command; undefined where the system has no users with numbers. */
  readonly user: number | undefined;
}

/** Returns the search that starts in the current folder. */
function currentSearch(): Search {
  return { folder: process.cwd(), machineFile: MACHINE_FILE, user: process.getuid?.() };
}

/**
 * Returns the path of the configuration file; for a file in the current folder or above it, the path is relative to
 * the current folder. Throws a CommandRefusal when there is no file, and when a file above the current folder belongs
 * to another user: a configuration can name code to run, and in a shared folder such as /tmp every user can put one.
 */
export function findConfig({ folder, machineFile, user }: Search = currentSearch()): string {
  const places = [...upwards(folder).map((one) => join(one, NAME)), machineFile];
  const found = places.find((path) => existsSync(path));
  if (found === undefined) throw new CommandRefusal(notFound(places), EXIT.config);
  if (dirname(found) !== resolve(folder)) refuseStranger(found, user);
  return found === machineFile ? found : relative(folder, found);
}

function upwards(folder: string): readonly string[] {
  const here = resolve(folder);
  const above = dirname(here);
  return above === here ? [here] : [here, ...upwards(above)];
}

function refuseStranger(path: string, user: number | undefined): void {
  const { uid } = statSync(path);
  if (user === undefined || uid === user || uid === 0) return;
  throw new CommandRefusal(
    `${path}: this file belongs to user ${uid}, expected a file of yours (user ${user}) or of root;\n` +
      `if you trust it, name it: --config ${shellWord(path)}`,
    EXIT.config,
  );
}

function notFound(places: readonly string[]): string {
  return [
    `found no ${NAME}; these places were looked at:`,
    ...places.map((path) => `  ${path}`),
    "go to the folder of the site, name its file with --config FILE, or write one with 'tandem init'",
  ].join("\n");
}
