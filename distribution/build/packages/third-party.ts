// Says which code of others is in a bundle, and under which licence.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pageModules } from "@tandem/lab/page-bundle";
import type { RolldownOutput } from "rolldown";
import { LAB_PAGE } from "../lab-page.ts";

/** The name of the file that says which code of others is in a folder. */
export const THIRD_PARTY = "THIRD-PARTY";

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

/**
 * Returns the text of THIRD-PARTY; undefined when all the code is ours. Rejects when a library names no licence.
 */
export async function thirdParty(output: RolldownOutput["output"]): Promise<string | undefined> {
  const modules = output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
  // The page of the laboratory is a text in the bundle, so its modules are not among those of the bundle.
  const page = modules.some((id) => LAB_PAGE.test(id)) ? await pageModules() : [];
  const folders = new Set(
    [...modules, ...page].map(folderOf).filter((folder) => folder !== undefined),
  );
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
