// Shortens the source maps of a package: they keep our sources, and lead to the modules of others by name alone.
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { root } from "../repository.ts";

interface SourceMap {
  readonly sources: readonly string[];
  readonly sourcesContent: readonly (string | null)[];
}

/**
 * Changes the maps in `folder`. Our sources are named by their paths in the repository, and the modules of libraries by
 * the library, so that a map does not depend on the folder that it was made in.
 */
export function shortenMaps(folder: string): void {
  for (const file of globSync("**/*.map", { cwd: folder })) {
    const path = join(folder, file);
    const map = JSON.parse(readFileSync(path, "utf8")) as SourceMap;
    const absolute = map.sources.map((source) => resolve(path, "..", source));
    const sourcesContent = map.sourcesContent.map((text, i) =>
      absolute[i]?.includes("/node_modules/") === true ? null : text,
    );
    const sources = absolute.map((source) =>
      source.includes("/node_modules/")
        ? source.slice(source.lastIndexOf("/node_modules/") + 1)
        : relative(root(), source),
    );
    writeFileSync(path, JSON.stringify({ ...map, sources, sourcesContent }));
  }
}
