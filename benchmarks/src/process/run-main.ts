// Runs a command of this package. At its end every process that it started is stopped, every temporary folder is
// removed, and an error is printed.
import { killAll } from "./started.ts";
import { removeTemporaryFolders } from "./temporary-folder.ts";

/**
 * Runs `main` and exits with the code that it returns. When `main` throws, writes the error's message to stderr and
 * exits with `failed`.
 */
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
    process.exit(); // `main` may have left timers or sockets that would keep the process alive
  }
}
