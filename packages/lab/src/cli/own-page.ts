// What a user brings to the page: a scenario or a study, and algorithms. It is a script that runs before the page's own.
// While the page is served, the files are read anew whenever the page is loaded.
import { resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { encodeStart } from "../page/run-state/permalink.ts";
import { type Preset, presetOf, SANDBOX } from "../page/run-state/presets.ts";
import type { Choice } from "../page/run-state/run-state.ts";
import type { Study } from "../scenarios/study.ts";
import { type AnyStudy, findCandidates, findStudy } from "./find-study.ts";
import { bundleOwn } from "./own-bundle.ts";
import { choiceOf, ownPresets } from "./own-presets.ts";
import { isFile, readOwnText } from "./own-text.ts";
import { UsageError } from "./terminal.ts";
import { Threads } from "./threads.ts";

export interface OwnOptions {
  /** A scenario of the laboratory, by number or name, or a file. */
  readonly scenario?: string;
  /** Names of algorithms, and files. The first two are shown at the start. */
  readonly algorithms?: readonly string[];
}

/** The files of one command, and the script that brings them to the page. */
export class OwnPage {
  readonly #options: OwnOptions;
  #content: Content;
  #faults: readonly string[] = [];

  private constructor(options: OwnOptions, content: Content) {
    this.#options = options;
    this.#content = content;
  }

  /** Rejects with a UsageError that says what is wrong with a file or a name. */
  static async open(options: OwnOptions): Promise<OwnPage> {
    return new OwnPage(options, await contentOf(options));
  }

  get script(): string {
    const { data, algorithms } = this.#content;
    const own = asScript({ ...data, faults: this.#faults });
    const list = algorithms.map(
      ({ code, ...words }) => `Object.assign(${asScript(words)}, { load: ${code} })`,
    );
    return `globalThis.tandemOwn = Object.assign(${own}, { algorithms: [${list.join(",\n")}] });\n`;
  }

  /** Reads the files anew. When one cannot be used any more, the page shows them as they were, and says so. */
  async refresh(): Promise<void> {
    try {
      this.#content = await contentOf(this.#options);
      this.#faults = [];
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#faults = [stripVTControlCharacters(message)];
    }
  }
}

/** What the files say. The page gets it as an `Own` of page/run-state/own.ts. */
interface Content {
  readonly data: { readonly presets: readonly Preset[]; readonly start: string };
  readonly algorithms: readonly {
    readonly name: string;
    readonly parameters: Readonly<Record<string, unknown>>;
    readonly digest: string;
    readonly code: string;
  }[];
}

async function contentOf({ scenario, algorithms: typed = [] }: OwnOptions): Promise<Content> {
  // Another thread runs the files first, so that an endless loop in one is noticed, and ends with that.
  await (await Threads.open({ algorithms: typed }))[Symbol.asyncDispose]();
  const algorithms: Content["algorithms"][number][] = [];
  for (const text of typed.filter(isFile)) {
    const { file, parameters } = readOwnText(text);
    algorithms.push({ name: text, parameters, ...(await bundleOwn(resolve(file), text)) });
  }
  const found = scenario === undefined ? undefined : studyOf(scenario);
  const presets =
    scenario?.endsWith(".json") && isSimulated(found) ? ownPresets(found, scenario) : [];
  const first = presets[0] ?? (found === undefined ? SANDBOX : offered(found));
  return {
    data: { presets, start: encodeStart(first.name, shown(typed, found, first)) },
    algorithms,
  };
}

/** As `findStudy`. For a scenario that is too large it says which command takes it, because the page does not. */
function studyOf(typed: string): AnyStudy {
  try {
    return findStudy(typed);
  } catch (error) {
    if (!(error instanceof UsageError && error.message.includes("--any-size"))) throw error;
    throw new UsageError(
      `${error.message}\n\nThe page does not take --any-size; 'tandem lab run ${typed} --any-size'`,
    );
  }
}

const isSimulated = (study: AnyStudy | undefined): study is Study =>
  study !== undefined && "variants" in study;

/** Returns the study's entry of the page's list. Throws a UsageError when it has none. */
function offered({ id, name }: AnyStudy): Preset {
  const preset = presetOf(name);
  if (preset === undefined)
    throw new UsageError(`${id} is not on the page; 'tandem lab run ${id}'`);
  return preset;
}

/** Returns the algorithms A and B, where algorithms were typed. One alone has the scenario's first one beside it. */
function shown(
  typed: readonly string[],
  found: AnyStudy | undefined,
  { algorithms: [usual] }: Preset,
): readonly Choice[] {
  const candidates = findCandidates(isSimulated(found) ? found : { candidates: [] }, typed);
  const [a, b = usual] = candidates.map(choiceOf);
  return a === undefined ? [] : [a, b];
}

/** Writes data as an expression. A literal would take a key `__proto__` for the object's prototype. */
const asScript = (data: object) => `JSON.parse(${JSON.stringify(JSON.stringify(data))})`;
