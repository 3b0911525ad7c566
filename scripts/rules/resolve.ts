// Finds the file that an import refers to, by a relative path or through an entry that a package
// declares in its package.json.
import { globSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";

interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, string>>;
}

/**
 * Returns the file of each entry that a package of this repository declares, by the entry's name,
 * such as `@tandem/http/session`. Paths are relative to the root.
 */
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
