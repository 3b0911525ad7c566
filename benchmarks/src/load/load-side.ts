// The side that makes the load: its cores, and the generators written in Node. Their processes run as long as the
// benchmark. A fresh process would compile its code anew in each round, and would be too slow to load a fast proxy.
import { join } from "node:path";
import { type Cores, pinned } from "../process/affinity.ts";
import type { DescriptorLimit } from "../process/descriptors.ts";
import { Started, type StartOptions } from "../process/started.ts";
import { GeneratorProcess } from "./generator-process.ts";
import type { LoadJob, LoadResult } from "./load.ts";
import type { MeasuredPart } from "./measured-part.ts";

/**
 * The cores on which generators and the origin run. The generators' processes end when this object
 * is disposed of.
 */
export class LoadSide implements AsyncDisposable {
  readonly #cores: Cores;
  readonly #descriptors: DescriptorLimit;
  readonly #all: GeneratorProcess[] = [];
  /** The processes that have no job now, by the file of their program. */
  readonly #free = new Map<string, GeneratorProcess[]>();

  constructor(cores: Cores, descriptors: DescriptorLimit) {
    this.#cores = cores;
    this.#descriptors = descriptors;
  }

  /** Starts a program on these cores, with the highest limit of descriptors that this user may set. */
  start(command: readonly string[], options?: StartOptions): Promise<Started> {
    return Started.start(pinned([...this.#descriptors.prefix, ...command], this.#cores), options);
  }

  /** Starts a Node program. `file` is relative to this folder. */
  startNode(file: string, args: readonly string[], options?: StartOptions): Promise<Started> {
    return this.start([process.execPath, join(import.meta.dirname, file), ...args], options);
  }

  /**
   * Does a job in a process that runs the program `file`. The process is kept for later jobs. While it is busy, other
   * jobs get other processes. Throws when the process cannot do the job; the next job then gets a fresh process.
   */
  async run(file: string, job: LoadJob, measured: MeasuredPart): Promise<LoadResult> {
    const process = this.#free.get(file)?.pop() ?? this.#make(file);
    try {
      return await process.run(job, measured);
    } finally {
      const free = this.#free.get(file);
      if (free === undefined) this.#free.set(file, [process]);
      else free.push(process);
    }
  }

  #make(file: string): GeneratorProcess {
    const name = `generator ${file}`;
    const process = new GeneratorProcess(name, (options) => this.startNode(file, [], options));
    this.#all.push(process);
    return process;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const process of this.#all) await process[Symbol.asyncDispose]();
  }
}
