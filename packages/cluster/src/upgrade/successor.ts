// The old `tandem up` of an upgrade, in its conversation with the new one that it starts. Nothing of the old one changes
// before the new one has said that all its tiers are ready.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { type Clock, holdOpen } from "@tandem/transport";
import { quoted } from "../complaint.ts";
import type { Command } from "../executables.ts";
import { START_LIMIT_MS } from "../start-limit.ts";
import { type FromOld, isMessage, PREDECESSOR, wordsOf } from "./messages.ts";

/** How long the new program may take to print its version. */
const LOAD_MS = 15_000;
/** How long the new supervisor may take until its tiers are ready. Each tier has its own limit, one after the other. */
const READY_MS = 4 * START_LIMIT_MS;
/** How long the new supervisor may take to write its run files and to tell the service manager. */
const TAKE_MS = 15_000;
/** How long a new supervisor that is not wanted any more may take to drain its tiers. */
const END_MS = 15_000;

export interface SuccessorOptions {
  readonly command: Command;
  readonly clock: Clock;
  readonly readyMs?: number | undefined;
}

/** Runs the program for its version, so that a program that cannot even be loaded is not started as a supervisor. */
export async function versionOf({ file, args, env }: Command): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const options = { env, timeout: LOAD_MS, killSignal: "SIGKILL", encoding: "utf8" } as const;
  execFile(file, [...args, "--version"], options, (error, stdout, stderr) => {
    if (error === null) resolve(stdout.trim());
    else {
      const said = stderr.trim() === "" ? [error.message] : stderr.trim().split("\n");
      reject(new Error(["the new program does not run:", ...quoted(said)].join("\n")));
    }
  });
  return promise;
}

export class Successor {
  readonly #child: ChildProcess;
  readonly #clock: Clock;
  readonly #readyMs: number;
  readonly #ended: Promise<string>;
  #reason: string | undefined;
  #running = true;

  /** Starts the new supervisor at once. It gets no signal from the terminal of this one. */
  constructor({ command: { file, args, env }, clock, readyMs = READY_MS }: SuccessorOptions) {
    this.#clock = clock;
    this.#readyMs = readyMs;
    this.#child = spawn(file, args, {
      detached: true,
      env: { ...(env ?? process.env), [PREDECESSOR]: `${process.pid}` },
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.#child.on("message", (message) => {
      if (isMessage(message, "failed")) this.#reason = wordsOf(message);
    });
    this.#ended = new Promise((resolve) => {
      this.#child.once("error", (error) => {
        if (this.#child.pid === undefined) resolve(error.message);
      });
      this.#child.once("exit", async (code, signal) => {
        this.#running = false;
        // Its last message may still be in the channel.
        if (this.#child.connected) await once(this.#child, "disconnect");
        resolve(this.#reason ?? `it ended with ${signal ?? `exit code ${code}`}; see its messages`);
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Resolves when all tiers of the new supervisor are ready. Otherwise ends it and rejects with the reason. */
  ready(): Promise<void> {
    return this.#answer("ready", this.#readyMs, "it was not ready");
  }

  /** Leaves the place of this supervisor to the new one. Resolves when that one has taken it. */
  take(): Promise<void> {
    const message: FromOld = { type: "take" };
    const taken = this.#answer("taken", TAKE_MS, "it did not take over");
    if (this.#child.connected) this.#child.send(message, () => undefined);
    return taken;
  }

  /** Asks the new supervisor to end, and kills it when it does not. Resolves when it has ended. */
  async cancel(): Promise<void> {
    if (this.#child.pid === undefined || !this.#running) return;
    this.#child.kill("SIGTERM");
    const release = holdOpen();
    const limit = this.#clock.after(END_MS, () => this.kill());
    await this.#ended;
    limit.cancel();
    release();
  }

  /** Lets this process end before the new supervisor does. Call it when the new one has taken over. */
  letGo(): void {
    if (this.#child.connected) this.#child.disconnect();
    this.#child.unref();
  }

  /** Ends the new supervisor at once. Its tiers see that, and drain by themselves. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }

  async #answer(type: "ready" | "taken", limitMs: number, otherwise: string): Promise<void> {
    const over = new AbortController();
    const late = Promise.withResolvers<never>();
    const limit = this.#clock.after(limitMs, () => {
      this.kill();
      late.reject(new Error(`${otherwise} within ${limitMs / 1000} s; killed`));
    });
    const ended = this.#ended.then((words) => Promise.reject(new Error(words)));
    try {
      await Promise.race([this.#message(type, over.signal), late.promise, ended]);
    } finally {
      limit.cancel();
      over.abort();
    }
  }

  async #message(type: "ready" | "taken", signal: AbortSignal): Promise<void> {
    for (;;) {
      const [message] = await once(this.#child, "message", { signal });
      if (isMessage(message, type)) return;
    }
  }
}
