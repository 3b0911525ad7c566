// Tests that a command which nohup has started goes on when its terminal is closed.
import { spawn } from "node:child_process";
import { once } from "node:events";
import t from "tap";
import { eventually } from "../../test/fake/run.ts";
import { env, TANDEM } from "../../test/foreground.ts";
import { startedByNohup } from "./nohup.ts";

t.test("the traces of nohup", async (t) => {
  const [own, stdin] = ["/usr/bin/node", { path: "/dev/null", flags: "0100000" }];
  t.ok(startedByNohup({ command: "/usr/bin/nohup", stdin: undefined }));
  t.ok(startedByNohup({ command: own, stdin: { ...stdin, flags: "02100001" } }));
  t.notOk(startedByNohup({ command: own, stdin }), "stdin that can be read");
  t.notOk(startedByNohup({ command: own, stdin: { path: "/dev/pts/1", flags: "02100001" } }));
  t.notOk(startedByNohup({ command: undefined, stdin: undefined }));
});

t.test("SIGHUP ends the command, but not below nohup", async (t) => {
  const folder = t.testdir({ tmp: {} });
  const serve = `${process.execPath} ${TANDEM} serve --listen 127.0.0.1:0`;
  for (const [line, goesOn] of [
    [serve, false],
    [`nohup ${serve}`, true],
  ] as const) {
    // The shell sets the variable `_`, and has the process id of its last command.
    const child = spawn(
      "bash",
      ["-c", `${line} 2>&1 < /dev/null & echo "pid $!"; wait $!; echo "code $?"`],
      {
        ...{ cwd: folder, env: env(folder), stdio: ["ignore", "pipe", "inherit"] },
      },
    );
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => (said += chunk));
    const ended = once(child, "close");
    await eventually("it serves", () => /Ctrl-C finishes/.test(said));
    const pid = Number(/^pid (\d+)$/m.exec(said)?.[1]);
    t.teardown(() => {
      if (child.exitCode === null) process.kill(pid, "SIGKILL");
    });
    process.kill(pid, "SIGHUP");
    if (goesOn) {
      await eventually("its word", () => /SIGHUP: goes on, because nohup started it/.test(said));
      const [url = ""] = /http:\S+:\d+/.exec(said) ?? [];
      t.equal((await fetch(url)).status, 404);
      process.kill(pid, "SIGTERM");
    }
    await ended;
    t.match(said, goesOn ? /SIGTERM: finishing.*/ : /SIGHUP: finishing/);
    t.match(said, /^code 0$/m, line);
  }
});
