// What docs/lab/advise.md shows: its commands work in the order they are shown, and the answer to the first one is the one
// that it gives. UPDATE=1 writes that answer anew.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import t from "tap";
import { lab, logs, startLab } from "./support/command.ts";
import { PAGE, shownAnswer, shownCommands } from "./support/shown-commands.ts";

t.setTimeout(240_000); // when this file is run alone, tap allows it 30 s

t.test("the shown answer is that of the shown command", async (t) => {
  const page = readFileSync(PAGE, "utf8");
  const [command = []] = shownCommands(page);
  const { code, stdout, stderr } = await lab(...command);
  t.equal(code, 0, stderr);
  if (process.env.UPDATE === "1")
    writeFileSync(
      PAGE,
      page.replace(shownAnswer(page), () => stdout),
    );
  t.equal(shownAnswer(readFileSync(PAGE, "utf8")), stdout);
});

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
