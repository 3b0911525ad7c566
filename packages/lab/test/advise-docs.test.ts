// The commands of docs/lab/advise.md, run in the order they are shown, each with fewer and shorter runs.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import t from "tap";
import { logs, startLab } from "./support/command.ts";
import { PAGE, shownCommands } from "./support/shown-commands.ts";

t.setTimeout(240_000); // when this file is run alone, tap allows it 30 s

t.test("the commands of the page work in the order they are shown", async (t) => {
  const folder = t.testdir({});
  const log = readFileSync(logs("haproxy"));
  writeFileSync(join(folder, "access.log"), log);
  writeFileSync(join(folder, "haproxy.log.gz"), gzipSync(log));
  const commands = shownCommands(readFileSync(PAGE, "utf8"));
  t.ok(commands.length >= 6, `${commands.length} commands`);
  for (const words of commands) {
    const quick = words[0] === "run" ? ["--seeds", "1"] : ["--seeds", "5", "--run-length", "1s"];
    const { code, stderr } = await startLab([...words, ...quick], { cwd: folder, bare: true })
      .outcome;
    t.equal(code, 0, `${words.join(" ")}\n${stderr}`);
  }
  t.ok(existsSync(join(folder, "advice/scenario.json")));
});
