// A reload as the supervisor does it: the file is judged first, then the tiers that can reload do, and what
// is said about it goes to the terminal, the log and the run file, where `tandem reload` reads it.
import { isDeepStrictEqual } from "node:util";
import { type Config, ConfigError } from "@tandem/config";
import type { Supervisor } from "../supervisor.ts";
import { boxesOf, placements } from "../topology.ts";
import { loadBoxes, type SiteOptions } from "./options.ts";

export interface Reloaded {
  readonly ok: boolean;
  readonly words: readonly string[];
}

/** Sections that a process reads only when it starts. */
const READ_AT_START = ["site", "webserver", "appserver", "telemetry"] as const;

export class RunningReload {
  readonly #supervisor: Supervisor;
  readonly #options: SiteOptions;
  /** As the processes were started. */
  readonly #started: Config;
  #chain: Promise<unknown> = Promise.resolve();

  constructor(supervisor: Supervisor, options: SiteOptions, started: Config) {
    this.#supervisor = supervisor;
    this.#options = options;
    this.#started = started;
  }

  /** One after the other; never rejects. */
  ask(): Promise<Reloaded> {
    const reloaded = this.#chain.then(() => this.#reload());
    this.#chain = reloaded;
    return reloaded;
  }

  async #reload(): Promise<Reloaded> {
    const { config: file, box } = this.#options;
    let next: Config;
    try {
      next = loadBoxes(this.#options).config;
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      const what =
        error instanceof ConfigError ? "the file is not right" : "the file cannot be used";
      return {
        ok: false,
        words: [`not reloaded: ${what}, and everything goes on as it was`, words],
      };
    }
    const outcomes = await this.#supervisor.reload(placements(next, boxesOf(next, file, box)));
    const words = outcomes.map(({ name, ok, words: said }) =>
      [
        `${name}: ${ok ? "reloaded" : "NOT reloaded, it goes on as it was"}`,
        ...indented(said),
      ].join("\n"),
    );
    if (outcomes.length === 0) words.push("no balancer runs here; other tiers do not reload");
    return {
      ok: outcomes.length > 0 && outcomes.every(({ ok }) => ok),
      words: [...words, ...this.#needingRestart(next)],
    };
  }

  #needingRestart(next: Config): readonly string[] {
    const { config: file, box } = this.#options;
    const before = this.#started;
    const changed = READ_AT_START.filter((name) => !isDeepStrictEqual(before[name], next[name]));
    const moved = !isDeepStrictEqual(
      boxesOf(before, file, box).map((name) => before.cluster.boxes[name]),
      boxesOf(next, file, box).map((name) => next.cluster.boxes[name]),
    );
    const fixed = [
      ...(before.state === next.state ? [] : ["state"]),
      ...(moved ? ["cluster.boxes"] : []),
    ];
    return [
      ...(changed.length === 0 ? [] : [this.#oneByOne(changed)]),
      ...(fixed.length === 0
        ? []
        : [
            `${said(fixed)} what runs stays as it is until 'tandem stop' and 'tandem up' (no request is answered here in between)`,
          ]),
    ];
  }

  /** A tier that is asked to end drains, and is started again with the file as it is then. */
  #oneByOne(changed: readonly (typeof READ_AT_START)[number][]): string {
    const tiers = this.#supervisor
      .reports()
      .filter(({ tier }) => changed.some((section) => section === tier || !isTier(section)));
    return [
      `${said(changed)} a process reads that when it starts. One after the other, each when`,
      "'tandem status' says that all is well again; then no request is lost where two boxes share the work:",
      ...tiers.map(
        ({ box, tier, pid }) => `  kill ${pid}   # ${box} ${tier}: it drains and is started again`,
      ),
    ].join("\n");
  }
}

const isTier = (section: string): boolean => section === "webserver" || section === "appserver";

const said = (sections: readonly string[]): string =>
  `${sections.join(", ")} ${sections.length === 1 ? "has" : "have"} changed:`;

const indented = (lines: readonly string[]): readonly string[] => lines.map((line) => `  ${line}`);
