// Passes uploads to the one process that decodes them, through a queue of limited length. When a picture takes too
// long or crashes the process, the picture is refused, and the next picture gets a new process.
import { type ChildProcess, fork } from "node:child_process";
import type { AppContext } from "@tandem/appserver";
import type { Picture, Refusal } from "./picture.ts";

const DECODER = new URL("./decoder.ts", import.meta.url);

/**
 * The most uploads that may wait: as many as can be decoded in the time that a visitor waits. Each upload takes up to 8
 * MB of memory.
 */
const MOST_WAITING = 8;
/**
 * How many milliseconds decoding may take. The limit is longer than the 10 s that sharp itself
 * allows, because the time includes the start of the process, which takes a second.
 */
const LONGEST_MS = 20_000;
/** After how many milliseconds without work the decoder's process is ended, which frees its memory. */
const IDLE_MS = 60_000;

/** The error when no picture can be decoded at the moment. The request is answered with 503. */
class NoDecoderError extends Error {
  readonly statusCode = 503;
}

interface Job {
  readonly upload: Uint8Array;
  done(result: Picture | Refusal): void;
  failed(error: NoDecoderError): void;
}

export class PictureReader {
  readonly #context: Pick<AppContext, "clock" | "logger">;
  readonly #decoder: URL;
  readonly #waiting: Job[] = [];
  #current: Job | undefined;
  #child: ChildProcess | undefined;
  #timer: { cancel(): void } | undefined;

  /** Starts no process yet. The first picture starts a process. */
  constructor(context: Pick<AppContext, "clock" | "logger">, decoder: URL = DECODER) {
    this.#context = context;
    this.#decoder = decoder;
  }

  /**
   * Returns the picture in `upload`, or why it is refused. Rejects with a 503 when too many uploads wait, or when no
   * process can be started.
   */
  read(upload: Uint8Array): Promise<Picture | Refusal> {
    return new Promise((done, failed) => {
      if (this.#waiting.length >= MOST_WAITING)
        return failed(new NoDecoderError(`${MOST_WAITING} pictures wait to be decoded already`));
      this.#waiting.push({ upload, done, failed });
      if (this.#current === undefined) this.#next();
    });
  }

  /** Ends the decoder's process and refuses the waiting uploads. */
  close(): void {
    this.#end();
    const jobs = [this.#current, ...this.#waiting.splice(0)];
    this.#current = undefined;
    for (const job of jobs) job?.failed(new NoDecoderError("the site is stopping"));
  }

  #next(): void {
    this.#timer?.cancel();
    const job = this.#waiting.shift();
    this.#current = job;
    if (job === undefined) {
      // A decoder's process without work must not keep the site's process alive.
      this.#child?.unref();
      this.#child?.channel?.unref();
      this.#timer = this.#context.clock.after(IDLE_MS, () => this.#end());
      return;
    }
    this.#timer = this.#context.clock.after(LONGEST_MS, () => this.#tookTooLong());
    this.#child ??= this.#start();
    this.#child.ref();
    this.#child.channel?.ref();
    // An error of sending is ignored, because the process is then ending, and its "exit" event is handled.
    this.#child.send(job.upload, () => undefined);
  }

  #start(): ChildProcess {
    const { PATH, HOME } = process.env;
    // These settings make glibc return the memory of a picture to the system. Without these settings, glibc keeps most
    // of the memory (0.9 GB after nine AVIF).
    const malloc = { MALLOC_ARENA_MAX: "1", MALLOC_MMAP_THRESHOLD_: "131072" };
    const child = fork(this.#decoder, {
      serialization: "advanced",
      env: { PATH, HOME, ...malloc },
      execArgv: [],
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    child.on("message", (result) => {
      if (child === this.#child) this.#finish(result as Picture | Refusal);
    });
    child.on("error", (error) => {
      if (child !== this.#child || child.pid !== undefined) return;
      // The process could not be started, because the machine lacks memory or processes. The picture is not the cause.
      this.#child = undefined;
      this.#current?.failed(new NoDecoderError("no decoder can be started", { cause: error }));
      this.#next();
    });
    child.on("exit", (code, signal) => {
      if (child !== this.#child) return;
      this.#child = undefined;
      if (this.#current === undefined) return;
      this.#context.logger.warn({ code, signal }, "a picture ended its decoder");
      this.#finish("unreadable");
    });
    return child;
  }

  #tookTooLong(): void {
    this.#context.logger.warn({ afterMs: LONGEST_MS }, "a picture took too long to decode");
    this.#end();
    this.#finish("unreadable");
  }

  #finish(result: Picture | Refusal): void {
    const job = this.#current;
    this.#current = undefined;
    job?.done(result);
    this.#next();
  }

  #end(): void {
    this.#timer?.cancel();
    const child = this.#child;
    this.#child = undefined;
    child?.kill("SIGKILL");
  }
}
