// The state folder of a site holds keys, and the reports by which `tandem stop` finds the processes to end. So only the
// user who runs the site, or root, may write it.
import { existsSync, lstatSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "@tandem/config";
import { currentUser, strangerAt, type User } from "./ownership.ts";
import { CommandRefusal } from "./refusal.ts";
import { shellWord } from "./shell-word.ts";

/** Throws a CommandRefusal when another user owns the state folder, or a folder in it, or may write there. */
export function refuseForeignState(
  { state }: Pick<Config, "state">,
  user: User = currentUser(),
): void {
  for (const folder of [state, join(state, "run"), join(state, "tls")]) {
    if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) continue;
    const why = existsSync(folder) ? strangerAt(folder, user) : "is a link that leads nowhere";
    if (why === undefined) continue;
    throw new CommandRefusal(
      `${folder}: this folder ${why}, expected a folder that only you (user ${user}) or root may write, because keys are kept in it;\n` +
        `see its owner and mode (ls -ld ${shellWord(folder)}) and correct them (chown, chmod go-w), or name another folder with state: in the file`,
    );
  }
}
