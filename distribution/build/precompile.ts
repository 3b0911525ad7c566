// Prepares the modules of a folder for the loader of the single executable: makes a function of each text, and puts the
// code that V8 makes of it beside it. Run it with the Node that gets into the executable, and with `--random-seed`: the
// code holds hashes of names, and without the seed two builds of a commit would differ in them.
//
//     node --random-seed=1 precompile.ts FOLDER
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Script } from "node:vm";

const [folder = "."] = process.argv.slice(2);
for (const name of readdirSync(folder).filter((file) => file.endsWith(".js"))) {
  const path = join(folder, name);
  const text = `(function(exports,require,module,__filename,__dirname){${ascii(readFileSync(path, "utf8"))}\n})`;
  writeFileSync(path, text);
  writeFileSync(`${path}.code`, new Script(text).createCachedData());
}

/**
 * Escapes what is not ASCII, which is possible in strings, templates, regular expressions and names alike; comments are
 * gone. V8 keeps a text that has one such character with two bytes for each character of it.
 */
function ascii(text: string): string {
  return text.replaceAll(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
