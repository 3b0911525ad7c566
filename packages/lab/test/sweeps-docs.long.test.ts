// The commands of docs/lab/sweeps.md, run in the order they are shown, with fewer seeds.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import t from "tap";
import { startLab } from "./support/command.ts";
import { shownCommands } from "./support/shown-commands.ts";

t.setTimeout(240_000); // when this file is run alone, tap allows it 30 s

t.test("the commands of the page work in the order they are shown", async (t) => {
  const page = readFileSync(
    fileURLToPath(new URL("../../../docs/lab/sweeps.md", import.meta.url)),
    "utf8",
  );
  const folder = t.testdir({});
  const json = /```json\n(.*?)```/s.exec(page)?.[1] ?? "";
  const shorter = { ...JSON.parse(json), durationMs: 3_000, warmupMs: 300 };
  writeFileSync(join(folder, "mine.json"), JSON.stringify(shorter));
  const commands = shownCommands(page);
  t.ok(commands.length >= 8, `${commands.length} commands`);
  for (const shown of commands) {
    const comment = shown.indexOf("#");
    const words = comment < 0 ? shown : shown.slice(0, comment);
    const { code, stderr } = await startLab([...words, "--seeds", "2"], { cwd: folder, bare: true })
      .outcome;
    t.equal(code, 0, `${words.join(" ")}\n${stderr}`);
  }
  for (const file of ["load/own-sweep.csv", "load/own-sweep.parquet", "load/own-sweep-p99.svg"])
    t.ok(existsSync(join(folder, file)), file);
});
