// What a reload changed, in words for the log and the terminal, and what it could not change.
import { isDeepStrictEqual } from "node:util";
import type { BalancerConfig } from "@tandem/config";

type Tree = Readonly<Record<string, unknown>>;

/** One line for each difference: `backends.web.balance.algorithm: round-robin → least-conn`. */
export function changesOf(before: BalancerConfig, after: BalancerConfig): readonly string[] {
  return [...differences("", before as unknown as Tree, after as unknown as Tree)];
}

function* differences(path: string, before: unknown, after: unknown): Iterable<string> {
  if (isDeepStrictEqual(before, after)) return;
  if (!isTree(before) || !isTree(after)) {
    yield before === undefined
      ? `${path} added`
      : after === undefined
        ? `${path} removed`
        : `${path}: ${show(before)} → ${show(after)}`;
    return;
  }
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    yield* differences(path === "" ? key : `${path}.${key}`, before[key], after[key]);
  }
}

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !("port" in value);
}

/** Values of the balancer's section; it holds no secrets, only the names of files that do. */
function show(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "object" && value !== null && "port" in value) {
    const { host, port } = value as { readonly host?: string; readonly port?: unknown };
    return `${host ?? "*"}:${port}`;
  }
  return JSON.stringify(value);
}
