// Gives static files names that change with their contents. The webserver answers a request for name.<hash>.ext with
// name.ext, and lets browsers keep the file for ever. A new release has new names, so no cache has to be emptied.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";

/** Returns the URL of a file in the static folder. */
export type Assets = (name: string) => string;

const HASH_LENGTH = 10;

/** Reads `folder` once; throws when that fails. The returned function throws for a name that is not in the folder. */
export function readAssets(folder: string): Assets {
  const urls = new Map<string, string>();
  for (const name of filesIn(folder)) {
    const hash = createHash("sha256")
      .update(readFileSync(join(folder, name)))
      .digest("hex");
    const extension = extname(name);
    const stem = name.slice(0, name.length - extension.length);
    urls.set(name, `/assets/${stem}.${hash.slice(0, HASH_LENGTH)}${extension}`);
  }
  return (name) => {
    const url = urls.get(name);
    if (url === undefined) throw new Error(`no file ${name} in the static folder ${folder}`);
    return url;
  };
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => entry.name);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(
      `appserver.config.assets: cannot read the folder ${folder} (${code}); expected the one the webserver serves as /assets/`,
    );
  }
}
