// Finds a program's file in the folders of PATH, as a shell does, and in the folders where Debian puts servers.
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Returns the folders in which programs are looked for, in the form of PATH. */
export function searchPath(): string {
  return [process.env.PATH ?? "", "/usr/sbin", "/usr/local/sbin"].join(delimiter);
}

/** Returns the file that running `program` would start; `undefined` when there is none. */
export function onPath(program: string): string | undefined {
  return searchPath()
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
