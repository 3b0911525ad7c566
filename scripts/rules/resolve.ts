// Finds the file that an import means: a file beside the importing one, or the file behind an entry that a package
// declares.
import { globSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";

interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, string>>;
}

/** Returns the file behind each name that a package of this repository declares, such as `@tandem/http/session`. */
export function entriesOf(root: string): ReadonlyMap<string, string> {
  const entries = new Map<string, string>();
  for (const path of globSync("packages/*/package.json", { cwd: root })) {
    const { name, exports = {} } = JSON.parse(readFileSync(join(root, path), "utf8")) as Manifest;
    for (const [entry, file] of Object.entries(exports))
      entries.set(posix.join(name, entry), posix.join(posix.dirname(path), file));
  }
  return entries;
}

/**
 * Returns the file that `specifier` means in `file`, relative to the root; undefined when the imported file is not
 * part of this repository.
 */
export function targetOf(
  file: string,
  specifier: string,
  entries: ReadonlyMap<string, string>,
): string | undefined {
  return specifier.startsWith(".")
    ? posix.join(posix.dirname(file), specifier)
    : entries.get(specifier);
}
