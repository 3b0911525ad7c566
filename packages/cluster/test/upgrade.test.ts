// Tests `tandem upgrade` with fake tiers: what takes over, and what stays as it was when the new program fails.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { command, eventually, exists, type Run, running, told, up, YAML } from "./fake/run.ts";

/** A configuration with long drain deadlines, so that no tier is killed only because the machine is slow. */
const PATIENT = YAML.replace("drain: 100ms", "drain: 60s").replaceAll("drain: 1s", "drain: 60s");

const report = (run: Run) =>
  JSON.parse(readFileSync(join(run.folder, ".tandem/run/up-box1.json"), "utf8"));
const started = (run: Run) => run.events().filter(([what]) => what === "start").length;
const living = (run: Run) => run.events().filter(([, , pid]) => exists(Number(pid)));
const pids = (run: Run) => run.tiers().map(({ pid }) => pid);

/** Resolves to the event of the start of the webserver that is started after `count` others. */
const starting = (run: Run, count: number) =>
  eventually(
    "a new webserver starts",
    () => run.events().filter(([what, tier]) => what === "start" && tier === "webserver")[count],
  );

/** Expects that the supervisor goes on with the same tiers, and that nothing else is left. */
async function untouched(t: Test, run: Run, before: readonly number[]): Promise<void> {
  t.equal(report(run).pid, run.child.pid);
  t.same(pids(run), before, "the same processes");
  t.ok(before.every(exists), "they run");
  await eventually("no other tier is left", () =>
    living(run).every(([, , pid]) => before.includes(Number(pid))),
  );
}

t.test("takes over when all is ready, twice, and the process that was started stays", async (t) => {
  const run = up(t, { "tandem.yaml": PATIENT });
  await running(run);
  let before = run.child.pid;
  for (const tiers of [6, 9]) {
    const old = pids(run);
    const upgrade = command(run.folder, "upgrade");
    t.equal(await upgrade.exit, 0, upgrade.err());
    t.match(upgrade.out(), /^upgraded: process \d+ → \d+ after [\d.]+ s; what is old drains$/m);
    t.match(upgrade.out(), /^the old processes have ended after [\d.]+ s$/m);
    const { pid } = report(run);
    t.not(pid, before);
    before = pid;
    t.equal(started(run), tiers);
    t.notOk(old.some(exists));
    const ends = run
      .events()
      .filter(([what, , gone]) => what !== "start" && old.includes(Number(gone)));
    t.same(
      ends.map(([what, tier]) => `${what} ${tier}`),
      ["replaced balancer", "replaced webserver", "replaced appserver"],
      "told that others serve, from the edge inwards",
    );
  }
  await told(run, /upgraded to tandem .*: process \d+ took over after [\d.]+ s; this one drains/);
  const reload = command(run.folder, "reload");
  t.equal(await reload.exit, 0, "the new supervisor reloads");
  run.child.kill("SIGINT");
  t.equal(await run.exit, 0, "Ctrl-C reaches the new supervisor, and the old one ends with it");
  t.same(living(run), []);
  t.same(readdirSync(join(run.folder, ".tandem/run")), []);
});

t.test("a new program that fails leaves the old one untouched, and says why", async (t) => {
  const run = up(t, { "tandem.yaml": PATIENT });
  await running(run);
  const before = pids(run);
  const fails = async (words: RegExp): Promise<void> => {
    const upgrade = command(run.folder, "upgrade");
    t.equal(await upgrade.exit, 1);
    t.match(upgrade.err(), /^not upgraded, everything goes on as it was: /m);
    t.match(upgrade.err(), words);
    await untouched(t, run, before);
  };
  writeFileSync(join(run.folder, "balancer-box1"), "crash");
  await fails(/box1 balancer did not start: exit code 7\n {2}\| the roof is on fire/);
  writeFileSync(join(run.folder, "balancer-box1"), "ok");
  writeFileSync(join(run.folder, "appserver-box1"), "mute");
  await fails(/box1 appserver did not start: not ready in time/);
  writeFileSync(join(run.folder, "appserver-box1"), "ok");
  writeFileSync(join(run.folder, "broken"), "");
  await fails(/the new program does not run:\n[\s\S]*a broken program/);
  run.child.kill("SIGTERM");
  t.equal(await run.exit, 0);
});

t.test("refuses what an upgrade cannot change, and nothing happens", async (t) => {
  const none = command(t.testdir({ "tandem.yaml": YAML }), "upgrade");
  t.equal(await none.exit, 1);
  t.match(none.err(), /no 'tandem up' runs here/);
  const run = up(t, { "tandem.yaml": PATIENT });
  await running(run);
  const before = pids(run);
  const file = join(run.folder, "tandem.yaml");
  writeFileSync(file, PATIENT.replaceAll("box1: {", "box1: { bidn: 1,"));
  const faulty = command(run.folder, "upgrade");
  t.equal(await faulty.exit, 2, "the file is not valid");
  writeFileSync(file, PATIENT.replace("box1: { balancer", "box2: { balancer"));
  run.child.kill("SIGUSR2");
  await told(
    run,
    /not upgraded, everything goes on as it was: .*'state' or cluster.boxes has changed/,
  );
  await untouched(t, run, before);
});

t.test("meanwhile: another upgrade, a reload, and the end", async (t) => {
  const run = up(t, { "tandem.yaml": PATIENT });
  await running(run);
  const before = pids(run);
  writeFileSync(join(run.folder, "webserver-box1"), "mute");
  const [first, second] = [command(run.folder, "upgrade"), command(run.folder, "upgrade")];
  const [, , webserver] = await starting(run, 1);
  const reload = command(run.folder, "reload");
  t.equal(await reload.exit, 1);
  t.match(reload.err(), /not reloaded: an upgrade is running/);
  process.kill(Number(webserver), "SIGKILL");
  t.same(await Promise.all([first.exit, second.exit]), [1, 1]);
  t.equal(started(run), 5, "one upgrade for both: an appserver and a webserver were started");
  await untouched(t, run, before);

  const third = command(run.folder, "upgrade");
  await starting(run, 2);
  const stop = command(run.folder, "stop");
  t.equal(await stop.exit, 0);
  t.equal(await run.exit, 0);
  t.equal(await third.exit, 1);
  t.same(living(run), [], "neither old nor new processes are left");
  t.same(readdirSync(join(run.folder, ".tandem/run")), []);
});

t.test(
  "when either supervisor is killed during the start of the new one, its tiers end",
  async (t) => {
    const run = up(t, { "tandem.yaml": PATIENT });
    await running(run);
    const before = pids(run);
    writeFileSync(join(run.folder, "webserver-box1"), "mute");
    const upgrade = command(run.folder, "upgrade");
    const [, , webserver] = await starting(run, 1);
    process.kill(parentOf(Number(webserver)), "SIGKILL");
    t.equal(await upgrade.exit, 1);
    t.match(upgrade.err(), /it ended with SIGKILL/);
    await untouched(t, run, before);

    const again = command(run.folder, "upgrade");
    await starting(run, 2);
    run.child.kill("SIGKILL");
    t.equal(await again.exit, 1);
    await eventually("no tier is left", () => living(run).length === 0);
  },
);

function parentOf(pid: number): number {
  return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
}
