// Temporary folders. They are removed when they are no longer used, and when this process ends in the middle of its
// work.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface TemporaryFolder extends Disposable {
  /** The absolute path. */
  readonly path: string;
}

const folders = new Set<string>();

function remove(path: string): void {
  folders.delete(path);
  // A program that is being killed may still write to it; a folder that is not empty is tried again.
  rmSync(path, { recursive: true, force: true, maxRetries: 5 });
}

/** Makes an empty one that only this user may read; `use` becomes part of its name. Throws where none can be made. */
export function temporaryFolder(use: string): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), `tandem-${use}-`));
  folders.add(path);
  return { path, [Symbol.dispose]: () => remove(path) };
}

/** Removes the folders that are left; called when this process ends, however it ends. */
export function removeTemporaryFolders(): void {
  for (const path of folders) remove(path);
}
