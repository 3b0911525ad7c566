// Tests `tandem logs` as a command: what it shows of the files of a site, how it follows them, and what it says where there
// is nothing to show.
import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { command, eventually, running, up, YAML } from "./fake/run.ts";

const TIME = "2026-11-23T08:50:00.000Z";
const message = (msg: string, level = "info", time = TIME): string =>
  `${JSON.stringify({ level, time, tier: "balancer", box: "box1", pid: 3, msg })}\n`;
const REQUEST = `192.0.2.7 [${TIME}] box1/app/7 r-1 13 500 5 -- "GET /a"\n`;

function site(test: Test, logs: Readonly<Record<string, string>>, yaml = YAML): string {
  return test.testdir({ "tandem.yaml": yaml, logs, below: {} });
}

async function said(folder: string, ...words: string[]) {
  const { exit, out, err } = command(folder, "logs", ...words);
  return { code: await exit, out: out(), err: err() };
}

t.test(
  "the logs of all tiers, from any folder of the site, for a person and for a script",
  async (t) => {
    const broken = '{"level":"info","time":\n';
    const folder = site(t, {
      "balancer-box1.log": message("first") + message("last", "warn", "2026-11-23T08:51:00.000Z"),
      "appserver-box1.access.log": REQUEST,
      "supervisor-box1.log": broken,
      "webserver-box2.log": message("of another box"),
    });
    const all = await said(join(folder, "below"));
    t.equal(all.code, 0);
    t.match(
      all.out,
      /^- {2}.*"time":\n.* balancer {3}info {2}first\n.* appserver {2}error GET \/a 500 13ms client=192\.0\.2\.7 id=r-1\n.* balancer {3}warn {2}last\n$/,
    );
    t.notMatch(all.out, "\u001b", "no colours in a pipe");
    t.equal(
      (await said(folder, "--json", "balancer", "supervisor")).out,
      broken + message("first") + message("last", "warn", "2026-11-23T08:51:00.000Z"),
    );
    t.match(await said(folder, "-n", "1", "--access"), {
      code: 0,
      out: /^\S+ \S+ appserver .*\n$/,
    });
    t.match(await said(folder, "--app", "--level", "warn", "balancer"), { out: /^.* last\n$/ });
    t.match(await said(folder, "--since", "1s", "balancer"), { code: 0, out: /^$/ });
  },
);

t.test("where there is no log, it says where to look", async (t) => {
  const folder = site(t, { "balancer-box1.log": message("x") });
  t.match(await said(folder, "webserver"), {
    code: 1,
    err: /logs\/webserver-box1\.log: no such log yet\n.*access\.log: no such log yet\nstart the site/,
  });
  t.match(await said(folder, "balancer", "webserver"), {
    code: 0,
    out: / x\n$/,
    err: /webserver-box1\.log: no such log yet/,
  });
  for (const [words, means] of [
    ["web", /invalid for argument 'tier'.*balancer, webserver, appserver, supervisor/],
    ["--lines -1", /expected a whole number/],
    ["--since 5", /expected a duration, such as "30s"/],
    ["supervisor --access", /has no access log; leave out --access/],
  ] as const)
    t.match(await said(folder, ...words.split(" ")), { code: 1, out: "", err: means }, words);
  writeFileSync(join(folder, "tandem.yaml"), YAML.replace(/, appserver: {.*?}/, ""));
  t.match(await said(folder, "appserver"), { code: 2, err: /no appserver runs on box1, so/ });
  t.match(await said(folder, "--box", "box7"), { code: 2, err: /no box 'box7'/ });
  spawnSync("mkfifo", [join(folder, "logs/webserver-box1.log")]);
  t.match(await said(folder, "webserver", "--app", "-f"), { code: 1, err: /is no regular file/ });
});

t.test("without a folder for logs, it names the terminal and the journal", async (t) => {
  const run = up(t, { "tandem.yaml": YAML.replace(/telemetry: .*\n/, "") });
  await running(run);
  const { code, err } = await said(run.folder, "--follow");
  t.equal(code, 1);
  t.match(err, `terminal of 'tandem up', process ${run.child.pid}\n`);
  t.match(err, /journalctl --unit 'tandem\*'/);
  t.match(err, "telemetry: { log: { directory: logs } }");
});

t.test("it follows a log that comes later and is rotated, until Ctrl-C", async (t) => {
  const folder = site(t, {});
  const { child, exit, out, err } = command(folder, "logs", "--follow");
  t.teardown(() => child.kill("SIGKILL"));
  await eventually("it waits", () => err().includes("; waiting for it"));
  const file = join(folder, "logs", "balancer-box1.log");
  writeFileSync(file, message("one"));
  await eventually("the first line", () => out().endsWith("info  one\n"));
  renameSync(file, `${file}.1`);
  appendFileSync(`${file}.1`, message("two"));
  writeFileSync(file, message("three"));
  await eventually("the lines of both files", () => out().split("\n").length === 4);
  t.match(out(), /one\n.*two\n.*three\n$/);
  mkdirSync(join(folder, "logs/webserver-box1.log"));
  await eventually("a log that cannot be read is told", () => /no regular file/.test(err()));
  child.kill("SIGINT");
  t.equal(await exit, 1, "one log could not be read");
  const quiet = command(folder, "logs", "-f", "-n", "0", "balancer");
  t.teardown(() => quiet.child.kill("SIGKILL"));
  await eventually("it has started", () => {
    appendFileSync(file, message("more"));
    return quiet.out().includes("more");
  });
  t.notMatch(quiet.out(), "three", "nothing of before with --lines 0");
  quiet.child.kill("SIGTERM");
  t.equal(await quiet.exit, 0);
});

t.test("it ends when what reads its output has ended", async (t) => {
  const folder = site(t, { "balancer-box1.log": message("line ".repeat(50)).repeat(20_000) });
  const { child, exit } = command(folder, "logs", "-f", "-n", "20000");
  t.teardown(() => child.kill("SIGKILL"));
  child.stdout?.once("data", () => child.stdout?.destroy());
  t.equal(await exit, 0);
});
