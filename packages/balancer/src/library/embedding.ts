// The second argument of createBalancer: the program's own functions, and options that the configuration does not
// have.
import { randomBytes } from "node:crypto";
import { nearest } from "@tandem/config";
import type { Hooks } from "./hooks.ts";

/** Hooks, and options that the configuration does not have. */
export interface Embedding extends Hooks {
  /** The balancer's name in Via and Proxy-Status (`tandem-NAME`), and the server that `prefer: same-box` prefers. */
  readonly box?: string;
  /**
   * How many milliseconds the promise of a hook may take; 10 000 unless given. After that, the
   * request is answered with 500.
   */
  readonly hookTimeoutMs?: number;
}

const HOOKS = ["request", "route", "response"] as const satisfies readonly (keyof Hooks)[];
const KEYS: readonly string[] = [...HOOKS, "box", "hookTimeoutMs"];
const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;

/**
 * Throws a TypeError about an unknown key, or a hook that is not a function. Without this check, a program that
 * guards its site by a hook with a mistyped name would guard nothing.
 */
export function checkEmbedding(embedding: Embedding): void {
  for (const key of Object.keys(embedding)) {
    if (KEYS.includes(key)) continue;
    const near = nearest(key, KEYS);
    const hint =
      near === undefined ? `expected one of ${KEYS.join(", ")}` : `did you mean '${near}'?`;
    throw new TypeError(`createBalancer's second argument: unknown key '${key}'; ${hint}`);
  }
  for (const hook of HOOKS) {
    const found: unknown = embedding[hook];
    if (found === undefined || typeof found === "function") continue;
    throw new TypeError(
      `createBalancer's ${hook} hook: found ${typeof found}, expected a function`,
    );
  }
}

/**
 * Returns the option `box`, or a random name when the option is absent. With a fixed default name,
 * a balancer behind another balancer would find its own name in Via, and would refuse the request
 * as one that goes round in a loop.
 */
export function nameOf({ box }: Embedding): string {
  if (box === undefined) return `embedded-${randomBytes(4).toString("hex")}`;
  if (NAME.test(box)) return box;
  throw new TypeError(
    `Found box ${JSON.stringify(box)}, expected a name of letters, digits, '-', '_' or '.'`,
  );
}

export function hookTimeoutOf({ hookTimeoutMs = 10_000 }: Embedding): number {
  if (hookTimeoutMs > 0 && hookTimeoutMs <= 2 ** 31 - 1) return hookTimeoutMs;
  throw new TypeError(`Found hookTimeoutMs ${hookTimeoutMs}, expected milliseconds above 0`);
}
