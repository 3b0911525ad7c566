// What a user brings to the page: a scenario or a study. It is a script that runs before the page's own. While the page
// is served, the files are read anew whenever the page is loaded.
import { stripVTControlCharacters } from "node:util";
import type { Own } from "../page/run-state/own.ts";
import { encodeStart } from "../page/run-state/permalink.ts";
import { type Preset, presetOf } from "../page/run-state/presets.ts";
import { type AnyStudy, findStudy } from "./find-study.ts";
import { ownPresets } from "./own-presets.ts";
import { UsageError } from "./terminal.ts";

export interface OwnOptions {
  /** A scenario of the laboratory, by number or name, or a file. */
  readonly scenario?: string;
}

/** Returns what the page is to show. Throws a UsageError that names everything that is wrong. */
function readOwn({ scenario }: OwnOptions): Own {
  const presets = scenario?.endsWith(".json") ? presetsOf(scenario) : [];
  const first = presets[0]?.name ?? (scenario === undefined ? undefined : offered(scenario));
  return {
    presets,
    start: first === undefined ? "" : encodeStart(first, []),
    faults: [],
  };
}

function presetsOf(file: string): readonly Preset[] {
  const study = findStudy(file);
  return "variants" in study ? ownPresets(study, file) : [];
}

/** Returns the name of the preset. Throws a UsageError for a scenario that the page does not offer. */
function offered(typed: string): string {
  const { id, name }: AnyStudy = findStudy(typed);
  if (presetOf(name) !== undefined) return name;
  throw new UsageError(`${id} is not on the page; 'tandem lab run ${id}'`);
}

/** The files of one command, and the script that brings them to the page. */
export class OwnPage {
  readonly #options: OwnOptions;
  #last: Own;

  /** Throws a UsageError when a file cannot be used. */
  constructor(options: OwnOptions) {
    this.#options = options;
    this.#last = readOwn(options);
  }

  get script(): string {
    return `globalThis.tandemOwn = ${JSON.stringify(this.#last)};\n`;
  }

  /** Reads the files anew. When one cannot be used any more, the page shows them as they were, and says so. */
  async refresh(): Promise<void> {
    try {
      this.#last = readOwn(this.#options);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#last = { ...this.#last, faults: [stripVTControlCharacters(message)] };
    }
  }
}
