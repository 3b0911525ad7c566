// The processes that `npm test` starts. A signal that ends `npm test` is passed on to them.
import type { ChildProcess } from "node:child_process";
import { dirname, join } from "node:path";

export const root = dirname(dirname(import.meta.dirname));

/** Returns the path of a program that an installed package brings. */
export const bin = (name: string) => join(root, "node_modules", ".bin", name);

export const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

const children = new Set<ChildProcess>();

export function passSignalsOn(): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => {
      for (const child of children) child.kill(signal);
    });
}

/** Resolves to the exit code of `child`, or to 1 when it could not be started or was killed. */
export function finished(child: ChildProcess): Promise<number> {
  children.add(child);
  return new Promise((resolve) => {
    child.on("error", () => resolve(1));
    child.on("close", (code) => {
      children.delete(child);
      resolve(code ?? 1);
    });
  });
}
