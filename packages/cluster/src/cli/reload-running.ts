// Carries out a reload in the supervisor. First the file is validated. Then the tiers that can
// reload read the file. The result is written to the terminal, to the log and to the run file, from
// which `tandem reload` reads the result.
import { isDeepStrictEqual } from "node:util";
import { type Config, ConfigError } from "@tandem/config";
import type { Supervisor } from "../supervisor.ts";
import { assignments, boxesOf } from "../topology.ts";
import { loadBoxes, type SiteOptions } from "./options.ts";
import { haveChanged, restartAdvice } from "./restart-advice.ts";
import type { StartedConfigs } from "./started-configs.ts";

export interface Reloaded {
  readonly ok: boolean;
  readonly words: readonly string[];
}

export class RunningReload {
  readonly #supervisor: Supervisor;
  readonly #options: SiteOptions;
  /** The configuration that the supervisor read at its start. */
  readonly #first: Config;
  readonly #started: StartedConfigs;
  #chain: Promise<unknown> = Promise.resolve();

  constructor(
    supervisor: Supervisor,
    options: SiteOptions,
    { first, started }: { readonly first: Config; readonly started: StartedConfigs },
  ) {
    this.#supervisor = supervisor;
    this.#options = options;
    this.#first = first;
    this.#started = started;
  }

  /** Reloads the configuration. A second call waits until the reload of the first call has ended. Never rejects. */
  ask(): Promise<Reloaded> {
    const reloaded = this.#chain.then(() => this.#reload());
    this.#chain = reloaded;
    return reloaded;
  }

  /** Resolves when no reload runs. */
  settled(): Promise<unknown> {
    return this.#chain;
  }

  async #reload(): Promise<Reloaded> {
    const { config: file, box } = this.#options;
    let read: ReturnType<typeof loadBoxes>;
    try {
      read = loadBoxes(this.#options);
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      const what =
        error instanceof ConfigError ? "the file is not right" : "the file cannot be used";
      return {
        ok: false,
        words: [`not reloaded: ${what}, and everything goes on as it was`, words],
      };
    }
    const next = read.config;
    const outcomes = await this.#supervisor.reload(assignments(next, boxesOf(next, file, box)));
    const words = outcomes.map(({ name, ok, words: said }) =>
      [
        `${name}: ${ok ? "reloaded" : "NOT reloaded, it goes on as it was"}`,
        ...indented(said),
      ].join("\n"),
    );
    if (outcomes.length === 0) words.push("no balancer runs here; other tiers do not reload");
    return {
      ok: outcomes.length > 0 && outcomes.every(({ ok }) => ok),
      words: [...words, ...this.#needingRestart(read)],
    };
  }

  #needingRestart({ config: next, boxes }: ReturnType<typeof loadBoxes>): readonly string[] {
    const { config: file, box } = this.#options;
    const before = this.#first;
    const moved = !isDeepStrictEqual(
      boxesOf(before, file, box).map((name) => before.cluster.boxes[name]),
      boxesOf(next, file, box).map((name) => next.cluster.boxes[name]),
    );
    const fixed = [
      ...(before.state === next.state ? [] : ["state"]),
      ...(moved ? ["cluster.boxes"] : []),
    ];
    const advice = restartAdvice(
      { started: this.#started, next, boxes },
      this.#supervisor.reports(),
    );
    return [
      ...(advice === undefined ? [] : [advice]),
      ...(fixed.length === 0
        ? []
        : [
            `${haveChanged(fixed)} what runs stays as it is until 'tandem stop' and 'tandem up' (no request is answered here in between)`,
          ]),
    ];
  }
}

const indented = (lines: readonly string[]): readonly string[] => lines.map((line) => `  ${line}`);
