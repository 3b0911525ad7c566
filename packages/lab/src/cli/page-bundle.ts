// Builds the parts of the page from its sources: one script, one worker and one style sheet. In a clone this happens when
// the page is served or exported. In an installed laboratory, the build has put the finished parts in place of this file.
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build } from "esbuild";
import type { Parts } from "./page-parts.ts";

const here = (name: string) => fileURLToPath(new URL(`../page/${name}`, import.meta.url));

const OPTIONS = {
  bundle: true,
  minify: true,
  write: false,
  format: "iife",
  // Browsers of the last two years, which have `popover`, `oklch` and `color-mix`.
  target: ["chrome120", "firefox125", "safari17"],
  legalComments: "eof",
  charset: "utf8",
  logLevel: "silent",
  // The repository's TypeScript settings are for type checking only, so esbuild gets empty settings.
  tsconfigRaw: "{}",
} as const satisfies BuildOptions;

export async function bundlePage(): Promise<Parts> {
  const [html, script, worker, style] = await Promise.all([
    readFile(here("index.html"), "utf8"),
    bundled("main.ts"),
    bundled("worker.ts"),
    bundled("page.css"),
  ]);
  return { html, script, worker, style };
}

/** Returns the paths of all modules that are in the page's script and worker, those of libraries included. */
export async function pageModules(): Promise<readonly string[]> {
  const { metafile } = await build({
    ...OPTIONS,
    entryPoints: [here("main.ts"), here("worker.ts")],
    outdir: here("nowhere"), // names the results; nothing is written
    metafile: true,
    absWorkingDir: here("."),
  });
  return Object.keys(metafile.inputs).map((path) => resolve(here("."), path));
}

async function bundled(entry: string): Promise<string> {
  const { outputFiles } = await build({ ...OPTIONS, entryPoints: [here(entry)] });
  const [file] = outputFiles;
  if (file === undefined) throw new Error(`esbuild made nothing of ${entry}`);
  return file.text;
}
