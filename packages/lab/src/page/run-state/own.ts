// What the command hands over to the page, as the global variable `tandemOwn`.
import type { Preset } from "./presets.ts";

export interface Own {
  /** The scenarios of the user's file: one, or one for each variant. */
  readonly presets: readonly Preset[];
  readonly algorithms: readonly OwnFile[];
  /** The fragment of the link that the page opens when the address has none. */
  readonly start: string;
  /** What is wrong with files that have changed since the page was started. The page then shows them as they were. */
  readonly faults: readonly string[];
}

/** An algorithm from a file of the user's own. */
export interface OwnFile {
  /** The file as it was typed, with the parameters if there are any. */
  readonly name: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Differs when the file or a module that it imports has changed. */
  readonly digest: string;
  /** Runs the file, and returns what it exports. */
  readonly load: () => object;
}

/** The algorithms that the page was started with. */
const files = new Map<string, OwnFile>();

export function addOwnFiles(more: readonly OwnFile[]): void {
  for (const file of more) files.set(file.name, file);
}

export function ownFiles(): readonly OwnFile[] {
  return [...files.values()];
}

export function ownFile(algorithm: string): OwnFile | undefined {
  return files.get(algorithm);
}
