// Loaded into a process before its program (`node --import`): puts the mutant that is named in the environment into its
// file while Node loads it. So the files on the disk never change, and several mutants could run at once.
import { registerHooks } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type Mutant, mutated } from "./mutant.ts";

export const VARIABLE = "TANDEM_MUTANT";

const ROOT = new URL("../../../../", import.meta.url);
const planted = process.env[VARIABLE];
if (planted !== undefined) {
  const mutant: Mutant = JSON.parse(planted);
  const target = pathToFileURL(fileURLToPath(new URL(mutant.file, ROOT))).href;
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (url !== target) return loaded;
      const { source } = loaded;
      const text =
        typeof source === "string" ? source : new TextDecoder().decode(source ?? undefined);
      return { ...loaded, source: mutated(text, mutant) };
    },
  });
}
