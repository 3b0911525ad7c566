// Which file an import means: one beside it, or the one behind a package's declared entry.
import { globSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";

interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, string>>;
}

/** The file behind each name that a package of ours declares: `@tandem/http/session` and its like. */
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
 * The file that `specifier` names in `file`, relative to the root; undefined when it is not part of this
 * repository.
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
