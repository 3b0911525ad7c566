// Finds a program the way a shell does, and in the folders where Debian puts servers.
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** The file that running `program` would start, or `undefined` when there is none. */
export function onPath(program: string): string | undefined {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
  return folders
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
