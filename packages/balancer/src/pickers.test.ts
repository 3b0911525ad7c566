// The laboratory runs pickers.ts in a browser. So nothing that pickers.ts imports may need Node, or any package except
// @tandem/algorithms.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import t from "tap";

/** Returns the files and packages that a file imports at run time. Imports of types are left out. */
function importsOf(file: string): string[] {
  const source = readFileSync(file, "utf8");
  return [...source.matchAll(/^(?:import|export) (?!type )[^;]*? from "([^"]+)";$/gm)].flatMap(
    ([, specifier]) => specifier ?? [],
  );
}

t.test("pickers.ts and all it imports stay within plain JavaScript", async (t) => {
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const specifier of importsOf(file)) {
      if (specifier.startsWith(".")) visit(join(dirname(file), specifier));
      else if (specifier === "@tandem/algorithms")
        visit(fileURLToPath(import.meta.resolve(specifier)));
      else t.fail(`${file} imports ${specifier}`);
    }
    const bare = /\b(?:process|Buffer|require|setTimeout|performance|Date\.now|Math\.random)\b/;
    const code = readFileSync(file, "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
    t.notMatch(code, bare, file);
  };
  visit(join(import.meta.dirname, "pickers.ts"));
  t.ok(seen.size > 40, `${seen.size} files`);
  t.ok([...seen].some((file) => file.endsWith("prequal/probe-pool.ts")));
});
