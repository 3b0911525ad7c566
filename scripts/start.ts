// `npm start`: the reference site on this machine, both boxes side by side, through the same command
// an operator uses. `--watch` (`pnpm dev`) starts it again whenever a source file changes.
import { type ChildProcess, spawn } from "node:child_process";
import { watch } from "node:fs";
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
const tandem = join(root, "packages/cluster/bin/tandem.ts");
const UP = [tandem, "up", "--config", values.config];
/** Generated files and installed packages change by themselves. */
const IGNORED = /(?:^|\/)(?:node_modules|\.tandem|\.tap|\.git)(?:\/|$)|\.test\.ts$/;
const SETTLE_MS = 200;

function run(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, args, { cwd: root, stdio: "inherit" });
}

function ended(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.on("error", () => resolve(1));
    child.on("exit", (code) => resolve(code ?? 1));
  });
}

/** Certificates, database, seed: whatever `up` needs and is not there yet. */
async function prepare(): Promise<void> {
  const code = await ended(run([tandem, "prepare", "--config", values.config]));
  if (code !== 0) process.exit(code);
}

/** Becomes `tandem up`: signals reach it directly, and its exit code is ours. */
function become(): never {
  if (process.execve === undefined) throw new Error("Tandem runs on Linux and macOS.");
  process.chdir(root);
  return process.execve(process.execPath, [process.execPath, ...UP], definedEnv());
}

function definedEnv(): Record<string, string> {
  const pairs = Object.entries(process.env);
  return Object.fromEntries(
    pairs.filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
}

/** Runs `tandem up` again after each change, one at a time, until it is told to stop. */
async function keepFresh(): Promise<void> {
  let stopping = false;
  let child: ChildProcess | undefined;
  let changed = Promise.withResolvers<void>();
  const stop = (signal: NodeJS.Signals) => {
    stopping = true;
    changed.resolve();
    // On Ctrl-C the terminal has already signalled the whole group; once is enough.
    if (signal !== "SIGINT" || !process.stdin.isTTY) child?.kill(signal);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  let settling: NodeJS.Timeout | undefined;
  for (const folder of ["packages", "examples"])
    watch(join(root, folder), { recursive: true }, (_, name) => {
      if (name === null || IGNORED.test(name)) return;
      clearTimeout(settling);
      settling = setTimeout(() => changed.resolve(), SETTLE_MS);
    });

  while (!stopping) {
    changed = Promise.withResolvers();
    child = run(UP);
    const exit = ended(child);
    const outcome = await Promise.race([exit, changed.promise]);
    if (stopping) break;
    if (outcome === undefined) child.kill("SIGTERM");
    else console.log(`Ended with code ${outcome}; waiting for a change.`);
    await Promise.all([exit, changed.promise]);
    if (!stopping) console.log("Changed; starting again.");
  }
  process.exit(child === undefined ? 0 : await ended(child));
}

await prepare();
if (values.watch) await keepFresh();
else become();
