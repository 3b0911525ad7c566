// How a command of this package ends: with everything it has started or written, and with words where it failed.
import { killAll } from "./started.ts";
import { removeTemporaryFolders } from "./temporary-folder.ts";

/** Runs `main` and exits with its code; with `failed`, and the error's message on stderr, when it throws. */
export async function runMain(main: () => Promise<number>, failed = 1): Promise<void> {
  process.once("exit", () => {
    killAll();
    removeTemporaryFolders();
  });
  // Not `once`: npm passes Ctrl-C on to us, who have it from the terminal already. With nobody listening any
  // more, that second signal would end us at once, in the middle of the above.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => process.exit(130));
  try {
    process.exitCode = await main();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = failed;
    process.exit(); // what it had begun may still wait for something
  }
}
