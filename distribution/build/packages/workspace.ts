// The packages of this repository, as their package.json describes them.
import { globSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { root } from "../repository.ts";

interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, string>>;
}

/** Returns the source of each entry, relative to the root, by what imports it: `@tandem/http/session`. */
export function entriesOf(): ReadonlyMap<string, string> {
  const paths = globSync("packages/*/package.json", { cwd: root() });
  return new Map(
    paths.flatMap((path) => {
      const { name, exports = {} } = JSON.parse(readFileSync(root(path), "utf8")) as Manifest;
      return Object.entries(exports).map(
        ([entry, file]) =>
          [posix.join(name, entry), posix.join(posix.dirname(path), file)] as const,
      );
    }),
  );
}
