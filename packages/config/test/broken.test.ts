// Compares the report on each broken file x.yaml with x.txt beside it, word for word. After a deliberate change:
// UPDATE=1 node packages/config/test/broken.test.ts, then read the diff.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { ConfigError, parseConfig } from "../src/index.ts";

const folder = join(import.meta.dirname, "broken");
const env = { TOKEN: "hunter2", THREADS: "lots" };
const files = readdirSync(folder).filter((file) => file.endsWith(".yaml"));

function report(file: string): ConfigError {
  const text = readFileSync(join(folder, file), "utf8");
  const box = /^# box: (.*)$/m.exec(text)?.[1];
  try {
    parseConfig(text, file, box === undefined ? { env } : { env, box });
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error(`${file} was accepted`);
}

t.ok(files.length >= 10, "a fair collection of broken files");

for (const file of files)
  t.test(file, async (t) => {
    const error = report(file);
    const expected = join(folder, file.replace(".yaml", ".txt"));
    if (process.env.UPDATE === "1") writeFileSync(expected, `${error.message}\n`);
    t.equal(`${error.message}\n`, readFileSync(expected, "utf8"));
    t.notMatch(error.message, /hunter2/, "no secret in the report");
    t.notMatch(JSON.stringify(error.problems), /hunter2/, "no secret in the problems either");
    t.notMatch(error.message, /Invalid|undefined|NaN|\[object/, "no programmer's words");
    for (const { line, column, width, source } of error.problems) {
      t.ok(line >= 1 && column >= 1 && width >= 1);
      t.ok(source === "" || column + width - 1 <= source.length, "the caret is under the line");
    }
  });
