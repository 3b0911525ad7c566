// Tests that `tandem lab` passes arguments, exit code and signals through to the laboratory. When the laboratory is not
// installed, the command must say so.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { labCommand } from "../src/cli/lab.ts";

t.test("arguments and exit code pass through unchanged", async (t) => {
  const folder = t.testdir({
    "lab.ts": `import { writeFileSync } from "node:fs";
      const [out, code] = process.argv.slice(2);
      writeFileSync(out ?? "", JSON.stringify(process.argv.slice(3)));
      if (code === "signal") process.kill(process.pid, "SIGKILL");
      process.exitCode = Number(code);`,
  });
  const before = process.exitCode;
  t.teardown(() => {
    process.exitCode = before;
  });
  const program = { file: process.execPath, args: [join(folder, "lab.ts")] };
  const said = join(folder, "said.json");
  const run = async (...words: string[]) => {
    await labCommand({ lab: program }).parseAsync([said, ...words], {
      from: "user",
    });
    const code = process.exitCode;
    process.exitCode = before;
    return code;
  };
  t.equal(await run("3", "run", "--help", "--seeds", "2", "a b"), 3);
  t.same(JSON.parse(readFileSync(said, "utf8")), ["3", "run", "--help", "--seeds", "2", "a b"]);
  t.equal(await run("signal"), 130);
});

t.test("an installation without the laboratory", async (t) => {
  const command = labCommand({ lab: undefined });
  await t.rejects(command.parseAsync(["list"], { from: "user" }), {
    name: "CommandRefusal",
    message: /^the laboratory is not part of this installation;\nit comes with a clone/,
  });
});
