// Describes the differences between two configurations, for the log and the terminal.
import { isDeepStrictEqual } from "node:util";
import type { BalancerConfig } from "@tandem/config";

type Tree = Readonly<Record<string, unknown>>;

/** Returns one line for each difference: `backends.web.balance.algorithm: round-robin → least-conn`. */
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

/**
 * Writes a configured value as text. No value is a secret, because the balancer's section has only the names of files
 * with secrets.
 */
function show(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "object" && value !== null && "port" in value) {
    const { host, port } = value as { readonly host?: string; readonly port?: unknown };
    return `${host ?? "*"}:${port}`;
  }
  return JSON.stringify(value);
}
