// Finds the configuration file of a command that was called without `--config`: the nearest tandem.yaml, in the current
// folder or a folder above it, and otherwise the file of the machine. So a command works in every folder of a site.
import { existsSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { currentUser, isPrivate, strangerAt, strangerPut, type User } from "../ownership.ts";
import { CommandRefusal, EXIT } from "../refusal.ts";
import { shellWord } from "../shell-word.ts";

const NAME = "tandem.yaml";
/** The file of the machine, which the Debian package and the units of docs/operations use. */
const MACHINE_FILE = `/etc/tandem/${NAME}`;

export interface Search {
  readonly folder: string;
  readonly machineFile: string;
  /** The user that runs the command. */
  readonly user: User;
}

/** Returns the search that starts in the current folder. */
function currentSearch(): Search {
  return { folder: process.cwd(), machineFile: MACHINE_FILE, user: currentUser() };
}

/**
 * Returns the path of the configuration file; for a file in the current folder or above it, the path is relative to
 * the current folder. Throws a CommandRefusal when there is no file, and when another user may have put it there: a
 * configuration can name code to run, its relative paths start at its folder, and in a shared folder such as /tmp every
 * user can put a file or a link. In the current folder every file is taken while the folder is the user's own.
 */
export function findConfig({ folder, machineFile, user }: Search = currentSearch()): string {
  const places = [...upwards(folder).map((one) => join(one, NAME)), machineFile];
  const found = places.find((path) => existsSync(path));
  if (found === undefined) throw new CommandRefusal(notFound(places), EXIT.config);
  const here = resolve(folder);
  if (dirname(found) !== here || !isPrivate(here, user)) refuseStranger(found, user);
  return found === machineFile ? found : relative(folder, found);
}

function upwards(folder: string): readonly string[] {
  const here = resolve(folder);
  const above = dirname(here);
  return above === here ? [here] : [here, ...upwards(above)];
}

function refuseStranger(path: string, user: User): void {
  const why = strangerAt(path, user) ?? strangerPut(path, dirname(path), user);
  if (why === undefined) return;
  throw new CommandRefusal(
    `${path}: this file ${why}, expected a file and a folder of yours (user ${user}) or of root;\n` +
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
