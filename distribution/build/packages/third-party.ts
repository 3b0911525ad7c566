// Says which code of others is in a bundle, and under which licence.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { RolldownOutput } from "rolldown";

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly license?: string;
}

interface Library {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  /** The text of the licence; empty when the library has no file of it. */
  readonly text: string;
}

/** Returns the text of THIRD-PARTY; undefined when all the code is ours. Throws when a library names no licence. */
export function thirdParty(output: RolldownOutput["output"]): string | undefined {
  const folders = new Set<string>();
  for (const file of output) {
    if (file.type !== "chunk") continue;
    for (const id of file.moduleIds) {
      const folder = folderOf(id);
      if (folder !== undefined) folders.add(folder);
    }
  }
  if (folders.size === 0) return undefined;
  const libraries = [...folders].map(read).sort((a, b) => (a.name < b.name ? -1 : 1));
  const list = libraries.map(({ name, version, licence }) => `${name} ${version}  ${licence}`);
  const texts = libraries.map(({ name, version, licence, text }) => {
    const line = `${name} ${version}, ${licence}`;
    return `${"-".repeat(80)}\n${line}\n\n${text === "" ? "The library has no file with the text of its licence.\n" : text}`;
  });
  return `This package contains code of these libraries:\n\n${list.join("\n")}\n\n${texts.join("\n")}`;
}

/** Returns the folder of the library that a module belongs to. */
function folderOf(id: string): string | undefined {
  return /^\0?(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1];
}

function read(folder: string): Library {
  const path = join(folder, "package.json");
  const { name = "", version = "", license } = JSON.parse(readFileSync(path, "utf8")) as Manifest;
  if (typeof license !== "string")
    throw new Error(`${path}: found no 'license', expected a name such as "MIT"; leave it out`);
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? "" : readFileSync(join(folder, file), "utf8");
  return { name, version, licence: license, text };
}
