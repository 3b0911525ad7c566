// One run of a tier's process, from spawn to exit:
//
//   starting ──its message {type:"ready"}──▶ ready ──it answers no ping──▶ silent
//                                              ◀──it answers again──────────
//   starting, ready or silent ──drain()──▶ draining
//   any state ──exit, or killed because it was not ready in time──▶ gone
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type {
  Clock,
  PingMessage,
  ReadyMessage,
  ReloadedMessage,
  ReplacedMessage,
} from "@tandem/transport";
import type { Command } from "./executables.ts";
import { LineRing } from "./line-ring.ts";
import { Pulse } from "./pulse.ts";

export type ProcessState = "starting" | "ready" | "silent" | "draining" | "gone";

/** How a process ended. `words` complete a message such as "died: signal SIGKILL" or "died: exit code 1". */
export interface Exit {
  readonly code: number | null;
  readonly words: string;
}

export interface ProcessOptions {
  readonly command: Command;
  readonly clock: Clock;
  readonly readyMs: number;
  /** Called with each line that the process writes to its stderr. */
  onLine?(line: string): void;
  /** Called with each line that the process writes to its stdout. When absent, the process writes to our stdout. */
  onOutput?(line: string): void;
  /** Called with the result of a reload. */
  onReloaded?(reloaded: ReloadedMessage): void;
  /**
   * Called with true when the process no longer answers (SIGSTOP, an endless loop), and with false
   * when it answers again.
   */
  onSilent?(silent: boolean): void;
}

const LAST_WORDS_MS = 500;

export class ProcessHandle {
  /**
   * Resolves to true when the process reports that it accepts work, and to false when the process
   * ends before that.
   */
  readonly ready: Promise<boolean>;
  /** Resolves when the process has ended and its output has been read to the end. Never rejects. */
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  readonly #stderr = new LineRing();
  readonly #clock: Clock;
  #state: ProcessState = "starting";
  #stateSince: number;
  #addresses: readonly string[] = [];
  #late = false;
  #pulse: Pulse | undefined;

  /**
   * Starts the process at once. The process leads a process group of its own, so that Ctrl-C reaches only the
   * supervisor.
   */
  constructor({ command, clock, readyMs, ...events }: ProcessOptions) {
    const { onLine, onOutput, onReloaded, onSilent } = events;
    this.#clock = clock;
    this.#stateSince = clock.wall();
    this.#child = spawn(command.file, command.args, {
      detached: true,
      env: command.env,
      stdio: ["ignore", onOutput === undefined ? "inherit" : "pipe", "pipe", "ipc"],
    });
    const { stdout } = this.#child;
    if (stdout !== null) createInterface({ input: stdout }).on("line", (line) => onOutput?.(line));
    this.#child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      for (const line of this.#stderr.push(chunk)) onLine?.(line);
    });
    this.#child.on("message", (message) => {
      if (isPong(message)) this.#pulse?.beat();
      if (!isReloaded(message)) return;
      if (message.ok) this.#addresses = message.addresses;
      onReloaded?.(message);
    });
    this.exited = this.#watchExit(clock);
    this.ready = this.#watchReady();
    const limit = clock.after(readyMs, () => {
      if (this.#state !== "starting") return;
      this.#late = true;
      this.kill();
    });
    void this.ready.then((ready) => {
      limit.cancel();
      if (ready) this.#feelPulse(clock, onSilent);
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get state(): ProcessState {
    return this.#state;
  }

  /** Returns the wall-clock time since when the process is in its present state. */
  get stateSince(): number {
    return this.#stateSince;
  }

  /** Returns the addresses on which the process listens, as the process reported them. */
  get addresses(): readonly string[] {
    return this.#addresses;
  }

  get lastLines(): readonly string[] {
    return this.#stderr.lines();
  }

  /** Asks the process to read its configuration again. Call it only when the process is ready and can reload. */
  reload(): void {
    if (this.#state === "ready") this.#child.kill("SIGHUP");
  }

  /**
   * Asks the process to finish its requests and exit. `replaced` tells it that another process serves on its ports.
   */
  drain(replaced = false): void {
    if (this.#state === "gone") return;
    const terminate = (): void => void this.#child.kill("SIGTERM");
    const told = replaced && this.#state === "ready" && this.#child.connected;
    this.#enter("draining");
    if (!told) {
      terminate();
      return;
    }
    const message: ReplacedMessage = { type: "replaced" };
    this.#child.send(message, (error) => {
      if (error !== null) terminate();
    });
  }

  /** Kills the process and all processes that it started, at once. */
  kill(): void {
    if (this.#state === "gone") return;
    this.#killGroup();
  }

  #enter(state: ProcessState, agoMs = 0): void {
    this.#state = state;
    this.#stateSince = this.#clock.wall() - agoMs;
  }

  #feelPulse(clock: Clock, onSilent: ProcessOptions["onSilent"]): void {
    const ping: PingMessage = { type: "ping" };
    this.#pulse = new Pulse({
      clock,
      ask: () => void (this.#child.connected && this.#child.send(ping, () => undefined)),
      changed: (silent, forMs) => {
        if (this.#state !== "ready" && this.#state !== "silent") return;
        this.#enter(silent ? "silent" : "ready", forMs);
        onSilent?.(silent);
      },
    });
    void this.exited.then(() => this.#pulse?.stop());
  }

  #killGroup(): void {
    if (this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, "SIGKILL");
    } catch {
      // ESRCH: no process of the group is left, which is the wanted result.
    }
  }

  #watchReady(): Promise<boolean> {
    return new Promise((resolve) => {
      this.#child.on("message", (message) => {
        if (!isReady(message) || this.#state !== "starting") return;
        this.#enter("ready");
        this.#addresses = message.addresses;
        resolve(true);
      });
      void this.exited.then(() => resolve(false));
    });
  }

  #watchExit(clock: Clock): Promise<Exit> {
    return new Promise((resolve) => {
      const end = (exit: Exit): void => {
        this.#enter("gone");
        resolve(exit);
      };
      this.#child.once("error", (error) => {
        if (this.#child.pid === undefined) end({ code: null, words: error.message });
      });
      this.#child.once("exit", (code, signal) => {
        // The tier's child processes may still run in its process group. They would keep the tier's
        // ports and stderr open, so the whole group is killed.
        this.#killGroup();
        const words = this.#late
          ? "not ready in time"
          : signal === null
            ? `exit code ${code}`
            : `signal ${signal}`;
        this.#child.once("close", () => end({ code, words }));
        // A process that has left the group may keep stdout and stderr open for ever, so reading has a time limit.
        const limit = clock.after(LAST_WORDS_MS, () => {
          this.#child.stdout?.destroy();
          this.#child.stderr?.destroy();
        });
        this.#child.once("close", () => limit.cancel());
      });
    });
  }
}

function isReady(message: unknown): message is ReadyMessage {
  return (
    typeof message === "object" &&
    message !== null &&
    "type" in message &&
    message.type === "ready" &&
    "addresses" in message &&
    Array.isArray(message.addresses)
  );
}

function isPong(message: unknown): boolean {
  return (
    typeof message === "object" && message !== null && "type" in message && message.type === "pong"
  );
}

function isReloaded(message: unknown): message is ReloadedMessage {
  return (
    typeof message === "object" &&
    message !== null &&
    "type" in message &&
    message.type === "reloaded" &&
    "words" in message &&
    Array.isArray(message.words) &&
    "addresses" in message &&
    Array.isArray(message.addresses)
  );
}
