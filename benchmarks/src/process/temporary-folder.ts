// Temporary folders. Each is removed when it is no longer used. When this process is stopped in the middle of its
// work, all folders are removed.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface TemporaryFolder extends Disposable {
  /** The absolute path of the folder. */
  readonly path: string;
}

const folders = new Set<string>();

function remove(path: string): void {
  folders.delete(path);
  // A program that is being killed may still write to the folder, and a folder that is not empty cannot be removed.
  // Then the removal is tried again.
  rmSync(path, { recursive: true, force: true, maxRetries: 5 });
}

/**
 * Makes an empty folder that only this user may read. `use` becomes part of its name. Throws when no folder can be
 * made.
 */
export function temporaryFolder(use: string): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), `tandem-${use}-`));
  folders.add(path);
  return { path, [Symbol.dispose]: () => remove(path) };
}

/** Removes the folders that are left. It is called when this process ends, for whatever reason. */
export function removeTemporaryFolders(): void {
  for (const path of folders) remove(path);
}
