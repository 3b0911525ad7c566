// How a command of this package ends: everything that it started or wrote is removed, and an error is printed.
import { killAll } from "./started.ts";
import { removeTemporaryFolders } from "./temporary-folder.ts";

/** Runs `main` and exits with its code; with `failed`, and the error's message on stderr, when it throws. */
export async function runMain(main: () => Promise<number>, failed = 1): Promise<void> {
  process.once("exit", () => {
    killAll();
    removeTemporaryFolders();
  });
  // Not `once`: Ctrl-C reaches this process from the terminal, and once more from npm. Without a listener the
  // second signal would end the process at once, in the middle of the clean-up above.
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
