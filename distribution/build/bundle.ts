// Bundles the sources into plain JavaScript: one file for each entry and each thread, and files that several of them
// share. Our packages and the libraries become one program, of which unused parts are left out.
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type RolldownOutput, rolldown } from "rolldown";
import { guides } from "./guides.ts";
import { labPage } from "./lab-page.ts";
import { THIRD_PARTY, thirdParty } from "./packages/third-party.ts";
import { revision, root } from "./repository.ts";
import { threads } from "./threads.ts";
import { unused } from "./unused.ts";

/**
 * The modules that do something by being loaded, apart from their exports. All other modules of ours may be left out
 * when none of their exports is used.
 */
const ACTS = /\/distribution\/src\/main\.ts$|thread(-main)?\.ts$/;
const OURS = /\/(packages|distribution)\/[^?]*\.ts$/;

/** The oldest Node that is maintained. Newer syntax is written in the syntax of this version. */
const TARGET = "node22";

export interface BundleOptions {
  /** The source of each entry, relative to the root, by the name of its file without `.js`. */
  readonly entries: Readonly<Record<string, string>>;
  /** The folder that is emptied, and gets the files. */
  readonly out: string;
  /** ES modules with source maps, or CommonJS without; ES modules when absent. */
  readonly format?: "esm" | "cjs";
}

/** The entry of the program. */
export const PROGRAM = { tandem: "distribution/src/main.ts" };

/** Bundles the program, `tandem.js` and what belongs to it, into the folder `out`. */
export async function bundleProgram(out: string): Promise<void> {
  const output = await bundle({ entries: PROGRAM, out });
  writeFileSync(join(out, "package.json"), '{ "type": "module" }\n');
  writeFileSync(join(out, THIRD_PARTY), (await thirdParty(output)) ?? "");
  copyFileSync(root("LICENSE"), join(out, "LICENSE"));
}

export async function bundle({
  entries,
  out,
  format = "esm",
}: BundleOptions): Promise<RolldownOutput["output"]> {
  const build = await rolldown({
    input: Object.fromEntries(Object.entries(entries).map(([name, path]) => [name, root(path)])),
    platform: "node",
    tsconfig: false,
    treeshake: { moduleSideEffects: (id) => !OURS.test(id) || ACTS.test(id) },
    transform: { target: TARGET, define: { TANDEM_REVISION: JSON.stringify(revision()) } },
    plugins: [threads(), labPage(), guides(), unused()],
  });
  await using _ = build;
  const { output } = await build.write({
    dir: out,
    cleanDir: true,
    format,
    entryFileNames: "[name].js",
    chunkFileNames: "[name]-[hash].js",
    sourcemap: format === "esm",
    minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
  });
  return output;
}
