// An entry of its own, so that an appserver does not load the schema for it.
import { resolve } from "node:path";

/**
 * Makes the path in a URL such as `sqlite:site.db` absolute, from `folder`. The URL of a server and `sqlite::memory:`
 * name no file, so they are returned unchanged.
 */
export function absoluteDatabaseUrl(url: string, folder: string): string {
  const written = /^sqlite:(?!:memory:$)(.+)$/.exec(url)?.[1];
  return written === undefined ? url : `sqlite:${resolve(folder, written)}`;
}
