// `npm start`: runs the reference site on this machine, both boxes side by side, with the `tandem`
// command that an operator uses. `--watch` (`pnpm dev`) restarts the site whenever a source file
// changes.
import { type ChildProcess, spawn } from "node:child_process";
import { watch } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({
  options: {
    watch: { type: "boolean", default: false },
    config: { type: "string", default: "examples/www.foobar.com/tandem.yaml" },
  },
});
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** Files whose changes cause no restart: generated files, installed packages and tests. */
const IGNORED = /(?:^|\/)(?:node_modules|\.tandem|\.tap|\.git)(?:\/|$)|\.test\.ts$/;
const SETTLE_MS = 200;
/**
 * npm passes Ctrl-C on to this process, which also gets the signal from the terminal. Two signals within this time
 * count as one.
 */
const ONE_PRESS_MS = 300;

let running: ChildProcess | undefined;
let stopping = false;
let changed = Promise.withResolvers<void>();

/**
 * Runs the `tandem` command in a session of its own, so that the command gets signals only from
 * this process and not from the terminal. Otherwise the command would get Ctrl-C twice, and would
 * kill the site at the second Ctrl-C. Returns the exit code.
 */
function tandem(command: "prepare" | "up"): Promise<number> {
  const args = [join(root, "packages/cluster/bin/tandem.ts"), command, "--config", values.config];
  const child = spawn(process.execPath, args, { cwd: root, stdio: "inherit", detached: true });
  running = child;
  return new Promise((resolve) => {
    child.on("error", () => resolve(1));
    child.on("exit", (code, signal) =>
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
    );
  });
}

function relaySignals(): void {
  for (const signal of SIGNALS) {
    let last = Number.NEGATIVE_INFINITY;
    process.on(signal, () => {
      const now = performance.now();
      if (now - last < ONE_PRESS_MS) return;
      last = now;
      stopping = true;
      changed.resolve();
      running?.kill(signal);
    });
  }
}

function watchSources(): void {
  let settling: NodeJS.Timeout | undefined;
  for (const folder of ["packages", "examples"])
    watch(join(root, folder), { recursive: true }, (_, name) => {
      if (name === null || IGNORED.test(name)) return;
      clearTimeout(settling);
      settling = setTimeout(() => changed.resolve(), SETTLE_MS);
    });
}

/**
 * Prepares and runs the site again after each change. The old run ends before the new one begins,
 * because the change may be a database migration. Returns the exit code of the last run.
 */
async function keepFresh(): Promise<number> {
  watchSources();
  for (;;) {
    changed = Promise.withResolvers();
    const prepared = await tandem("prepare");
    if (stopping) return prepared;
    const exit = prepared === 0 ? tandem("up") : Promise.resolve(prepared);
    const code = await Promise.race([exit, changed.promise]);
    if (stopping) return exit;
    if (code === undefined) running?.kill("SIGTERM");
    else console.log(`Ended with code ${code}; waiting for a change.`);
    const last = await exit;
    await changed.promise;
    if (stopping) return last;
    console.log("Changed; starting again.");
  }
}

relaySignals();
if (values.watch) process.exit(await keepFresh());
const prepared = await tandem("prepare");
if (prepared !== 0 || stopping) process.exit(prepared);
process.exit(await tandem("up"));
