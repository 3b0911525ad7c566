// Compares the report on each broken scenario x.json with x.txt beside it, word for word, and the reports on broken texts
// of algorithms. After a deliberate change: UPDATE=1 node packages/lab/test/broken.test.ts, then read the diff.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { findCandidates, findSimulated } from "../src/cli/find-study.ts";
import { readStudy } from "../src/cli/study-file.ts";
import { UsageError } from "../src/cli/terminal.ts";
import { startLab, TINY } from "./support/command.ts";

const folder = join(import.meta.dirname, "broken");
const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
const texts = readFileSync(join(folder, "algorithms.list"), "utf8").trimEnd().split("\n");

/** Returns the message with which `refuses` refuses. The message names the file without its folder. */
function refusal(refuses: () => unknown): string {
  try {
    refuses();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    t.equal(error.exitCode, 2);
    return error.message.replaceAll(`${folder}/`, "");
  }
  throw new Error("it was accepted");
}

function same(t: Test, found: string, file: string): void {
  const expected = join(folder, file);
  if (process.env.UPDATE === "1") writeFileSync(expected, found);
  t.equal(found, readFileSync(expected, "utf8"));
  t.notMatch(found, /Invalid|undefined|NaN|\[object|^ {4}at /m, "no programmer's words");
}

t.ok(files.length >= 20 && texts.length >= 20, "a fair collection");

for (const file of files)
  t.test(file, async (t) => {
    const message = refusal(() => readStudy(join(folder, file), {}));
    same(t, `${message}\n`, file.replace(".json", ".txt"));
  });

t.test("texts of algorithms", async (t) => {
  const study = findSimulated("linkerd");
  const scenarios = study.variants(false).map(({ scenario }) => scenario);
  const messages = texts.map((text) => refusal(() => findCandidates(study, [text], scenarios)));
  same(t, `${messages.join("\n\n")}\n`, "algorithms.txt");
});

t.test("the command exits 2, without a stack and without simulating", async (t) => {
  const folderOf = t.testdir({ "tiny.json": JSON.stringify(TINY) });
  const [tiny, out] = ["tiny.json", "report.html"].map((name) => join(folderOf, name));
  const commands = [
    ["run", join(folder, "absurd-size.json")],
    ["compare", tiny ?? "", "random", "random:drawz=3"],
    ["run", tiny ?? "", "--algorithms", "peak-ewma:decay=10", "uri"],
    ["report", join(folder, "rates.json"), "--out", out ?? ""],
  ];
  for (const words of commands) {
    const { code, stdout, stderr } = await startLab(words, { bare: true }).outcome;
    t.equal(code, 2, words.join(" "));
    t.equal(stdout, "");
    t.notMatch(stderr, /^ {4}at /m, "no stack");
  }
});

t.test("a text that is nested very deeply is refused as well", async (t) => {
  const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  const scenario = (service: string) =>
    JSON.stringify({ ...TINY, service: 0 }).replace('"service":0', `"service":${service}`);
  const files = t.testdir({ "list.json": deep, "service.json": scenario(deep) });
  t.match(
    refusal(() => readStudy(join(files, "list.json"), {})),
    /found a list, expected a mapping/,
  );
  t.match(
    refusal(() => readStudy(join(files, "service.json"), {})),
    /service: found a list, expected/,
  );
});

t.test("a scenario of absurd size runs when that is allowed", async (t) => {
  t.doesNotThrow(() => readStudy(join(folder, "absurd-size.json"), { anySize: true }));
});
