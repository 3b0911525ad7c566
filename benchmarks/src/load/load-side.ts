// The side that makes the load: its cores, and the generators written in Node, which live there as long as
// the benchmark. A fresh process would compile itself anew in each round, and hold a fast proxy back.
import { join } from "node:path";
import { type Cores, pinned } from "../process/affinity.ts";
import type { DescriptorLimit } from "../process/descriptors.ts";
import { Started, type StartOptions } from "../process/started.ts";
import { GeneratorProcess } from "./generator-process.ts";
import type { LoadJob, LoadResult } from "./load.ts";
import type { Stretch } from "./stretch.ts";

/** Where generators and the origin run; the processes of generators end with it. */
export class LoadSide implements AsyncDisposable {
  readonly #cores: Cores;
  readonly #descriptors: DescriptorLimit;
  readonly #processes = new Map<string, GeneratorProcess>();

  constructor(cores: Cores, descriptors: DescriptorLimit) {
    this.#cores = cores;
    this.#descriptors = descriptors;
  }

  /** Starts a program on these cores, with as many descriptors as may be. */
  start(command: readonly string[], options?: StartOptions): Promise<Started> {
    return Started.start(pinned([...this.#descriptors.prefix, ...command], this.#cores), options);
  }

  /** Starts a Node program; `file` is seen from this folder. */
  startNode(file: string, args: readonly string[], options?: StartOptions): Promise<Started> {
    return this.start([process.execPath, join(import.meta.dirname, file), ...args], options);
  }

  /** Has the lasting process of `file` do a job; throws when it cannot, and the next job gets a fresh one. */
  run(file: string, job: LoadJob, stretch: Stretch): Promise<LoadResult> {
    const known = this.#processes.get(file);
    const name = `generator ${file}`;
    const process =
      known ?? new GeneratorProcess(name, (options) => this.startNode(file, [], options));
    this.#processes.set(file, process);
    return process.run(job, stretch);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const process of this.#processes.values()) await process[Symbol.asyncDispose]();
  }
}
