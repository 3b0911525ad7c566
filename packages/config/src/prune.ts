// Removes the parts of a configuration that the schema rejects. The rest is used only to find further problems in a
// file that is already refused. No tier runs with it.
import type { z } from "zod";
import type { Path } from "./document.ts";
import type { Config } from "./schema/config.ts";

export interface Pruned {
  readonly config: Config;
  /**
   * Whether a part near `path` was removed. The caller then ignores a finding at `path`, because
   * the removal may be its cause.
   */
  touches(path: Path): boolean;
}

const MAX_ROUNDS = 12;

/** Returns the pruned configuration, or undefined when nothing valid remains. `data` is not changed. */
export function prune(data: unknown, schema: z.ZodType<Config>): Pruned | undefined {
  const rest = structuredClone(data);
  const removed: Path[] = [];
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const result = schema.safeParse(rest);
    if (result.success)
      return { config: result.data, touches: (path) => removed.some((gone) => near(gone, path)) };
    const before = removed.length;
    for (const issue of result.error.issues) {
      const path = issue.path.filter((segment) => typeof segment !== "symbol");
      const targets =
        issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...path, key]) : [path];
      for (const target of targets) {
        const gone = remove(rest, target);
        if (gone !== undefined) removed.push(gone);
      }
    }
    if (removed.length === before) return undefined;
  }
  return undefined;
}

/**
 * Deletes the value at `path`. When there is no such value, deletes the mapping in which it is
 * missing. Returns the path of what was deleted.
 */
function remove(data: unknown, path: Path): Path | undefined {
  if (path.length === 0) return undefined;
  const key = path.at(-1) ?? "";
  const parentPath = path.slice(0, -1);
  const parent = parentPath.reduce<unknown>(
    (value, segment) => (isTree(value) ? value[segment] : undefined),
    data,
  );
  if (isTree(parent) && Object.hasOwn(parent, key)) {
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete parent[key];
    return path;
  }
  return remove(data, parentPath);
}

function isTree(value: unknown): value is Record<string | number, unknown> {
  return typeof value === "object" && value !== null;
}

/**
 * Whether `path` leads into the mapping from which `gone` was removed, or is an ancestor of `gone`.
 */
function near(gone: Path, path: Path): boolean {
  const scope = gone.slice(0, Math.max(1, gone.length - 1));
  const starts = (long: Path, short: Path) => short.every((step, index) => step === long[index]);
  return starts(path, scope) || starts(gone, path);
}
