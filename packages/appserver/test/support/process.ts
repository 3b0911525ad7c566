// Runs real servers as child processes of a test. They are started with a clean environment, are ready when they
// answer, and are ended by their own process id.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

const READY_DEADLINE_MS = 60_000;

/** The environment of a program that a test starts. The compile cache, where the test has one, halves what a start costs. */
export function environment(): NodeJS.ProcessEnv {
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
  return { PATH: `${PATH}:/usr/sbin`, HOME, NODE_COMPILE_CACHE };
}

/** Starts `command`; its output is kept for the error message of a start that fails. */
export function start(command: string, args: readonly string[]): ChildProcess & { said(): string } {
  const child = spawn(command, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: environment(),
  });
  let said = "";
  const keep = (chunk: Buffer) => {
    said = (said + chunk).slice(-8000);
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  return Object.assign(child, { said: () => said });
}

/** Ends `child` and waits for its end. */
export async function end(child: ChildProcess, signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill(signal);
  await exited;
}

/** Stops `child` without ending it, and resolves when none of its threads runs any more. */
export async function freeze(child: ChildProcess): Promise<void> {
  child.kill("SIGSTOP");
  const tasks = `/proc/${child.pid}/task`;
  const stopped = (task: string) => /\) T /.test(readFileSync(join(tasks, task, "stat"), "utf8"));
  await eventually("a stopped process", async () => readdirSync(tasks).every(stopped));
}

/** Returns a port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** Resolves once a process accepts connections on `port`. Rejects when `child` ends before that. */
export async function accepting(
  port: number,
  child: ChildProcess & { said(): string },
): Promise<void> {
  await eventually(`port ${port}`, async () => {
    if (child.exitCode !== null) throw new Error(`ended at start: ${child.said()}`);
    const socket = connect(port, "127.0.0.1");
    try {
      await once(socket, "connect");
      return true;
    } catch {
      return false;
    } finally {
      socket.destroy();
    }
  });
}

/**
 * Calls `fact` again and again until it returns true. Throws an error that contains `name` when
 * that takes more than 60 s.
 */
export async function eventually(name: string, fact: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + READY_DEADLINE_MS;
  while (!(await fact())) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${name}`);
    await wait(25);
  }
}
