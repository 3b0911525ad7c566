// Processes that this benchmark started. They are stopped when the benchmark ends: normally, with an error, or by
// Ctrl-C.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { searchPath } from "./on-path.ts";

const running = new Set<ChildProcess>();

/** How a process is started. */
export interface StartOptions {
  /**
   * Variables added to an environment of PATH and HOME only. The measured program gets no other variable of the
   * caller.
   */
  readonly env?: Readonly<NodeJS.ProcessEnv>;
  readonly cwd?: string;
  /** Sends stdout to /dev/null, so `output` returns "". For servers, which write their access log to stdout. */
  readonly quiet?: boolean;
  /** Whether stdin is a pipe to which `write` can send lines; otherwise stdin is empty. */
  readonly input?: boolean;
  /** The name of the process in messages; by default its command. */
  readonly name?: string;
}

/** A process that this benchmark started and will stop. */
export class Started implements AsyncDisposable {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #name: string;
  #stdout = "";
  #stderr = "";
  /** Resolves when the process writes something or ends. */
  #news = Promise.withResolvers<void>();

  /** Starts `command`. Throws when there is no such program. */
  static async start(command: readonly string[], options: StartOptions = {}): Promise<Started> {
    const [program = "", ...args] = command;
    const child = spawn(program, args, {
      stdio: [
        options.input === true ? "pipe" : "ignore",
        options.quiet === true ? "ignore" : "pipe",
        "pipe",
      ],
      env: { PATH: searchPath(), HOME: options.cwd ?? process.env.HOME, ...options.env },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    running.add(child);
    child.once("close", () => running.delete(child));
    await once(child, "spawn");
    return new Started(child, options.name ?? command.join(" "));
  }

  constructor(child: ChildProcess, name: string) {
    this.#child = child;
    this.#name = name;
    this.pid = child.pid ?? 0;
    child.stdout?.on("data", (chunk: Buffer) => {
      this.#stdout += chunk.toString();
      this.#tellNews();
    });
    child.once("close", () => this.#tellNews());
    child.stdin?.on("error", () => undefined); // the process has ended; `nextLine` reports that with a better message
    child.stderr?.on("data", (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString()).slice(-4000);
    });
  }

  get ended(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Returns the last lines that the process wrote to stderr. */
  get complaint(): string {
    return this.#stderr.trim().split("\n").slice(-3).join("\n");
  }

  /** Writes `line` to the process. */
  write(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  /**
   * Returns the next line on stdout. Throws when the process ends before it writes a whole line.
   */
  async nextLine(): Promise<string> {
    while (!this.#stdout.includes("\n")) {
      if (!running.has(this.#child)) throw this.#failure();
      await this.#news.promise;
    }
    const end = this.#stdout.indexOf("\n");
    const line = this.#stdout.slice(0, end);
    this.#stdout = this.#stdout.slice(end + 1);
    return line;
  }

  /**
   * Returns everything on stdout once the process has ended with exit code 0. Throws when it fails, or does not end
   * within this many seconds.
   */
  async output(withinSeconds = Number.POSITIVE_INFINITY): Promise<string> {
    if (running.has(this.#child)) await this.#end(withinSeconds);
    if (this.#child.exitCode !== 0) throw this.#failure();
    return this.#stdout;
  }

  async #end(withinSeconds: number): Promise<void> {
    const closed = once(this.#child, "close");
    if (!Number.isFinite(withinSeconds)) return void (await closed);
    const late = Promise.withResolvers<never>();
    const why = new Error(`${this.#name}: it has not ended within ${withinSeconds} s`);
    const timer = setTimeout(() => late.reject(why), withinSeconds * 1000);
    try {
      await Promise.race([closed, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  #tellNews(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }

  #failure(): Error {
    const how = this.#child.signalCode ?? `exit ${this.#child.exitCode}`;
    return new Error(`${this.#name}: ${how}${this.complaint === "" ? "" : `\n${this.complaint}`}`);
  }

  /** Sends SIGTERM, and SIGKILL when the process has not ended after two seconds. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!running.has(this.#child)) return;
    const closed = once(this.#child, "close");
    const late = setTimeout(() => this.#child.kill("SIGKILL"), 2_000);
    this.#child.kill("SIGTERM");
    await closed;
    clearTimeout(late);
  }
}

/** Kills all processes that still run, at once. It is called when this process ends, for whatever reason. */
export function killAll(): void {
  for (const child of running) child.kill("SIGKILL");
}
