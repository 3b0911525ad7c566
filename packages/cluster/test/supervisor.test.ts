// Tests `tandem up` as a process with fake tiers: how it reacts when tiers fail, die or hang, and what happens to the
// tiers when `tandem up` itself dies.
import { once } from "node:events";
import { existsSync, readdirSync, renameSync, utimesSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import t from "tap";
import { createAuthority, issue } from "../src/index.ts";
import { command, eventually, exists, type Run, running, told, up, YAML } from "./fake/run.ts";

/** A configuration with long drain deadlines, so that no tier is killed only because the machine is slow. */
const PATIENT = YAML.replace("drain: 100ms", "drain: 60s").replaceAll("drain: 1s", "drain: 60s");

/** Returns the files of a configuration whose certificate expired two days ago. */
async function expired(): Promise<Readonly<Record<string, string>>> {
  const then = Date.now() - 399 * 86_400_000;
  const authority = await createAuthority("www.example.test", then);
  const names = ["www.example.test"];
  const { cert, key } = await issue(authority, { name: "site", names, use: "site" }, then);
  const tls = "tls: { certificates: [{ cert: site.crt, key: site.key }] }";
  const yaml = PATIENT.replace("routes:", `${tls}, routes:`);
  return { "tandem.yaml": yaml, "site.crt": cert, "site.key": key };
}

const leftovers = (run: Run): string[][] => run.events().filter(([, , pid]) => exists(Number(pid)));

t.test(
  "a tier with a faulty configuration stops the start, and its message is shown",
  async (t) => {
    const run = up(t, { "webserver-box1": "exit2" });
    t.equal(await run.exit, 1);
    t.match(
      run.err(),
      /box1 webserver did not start: exit code 2\n {2}\| tandem\.yaml:3:1 {2}no such thing/,
    );
    t.match(run.err(), "tandem check tandem.yaml");
    t.notMatch(run.events().map(String), ["start,balancer"], "the balancer never started");
    t.same(leftovers(run), [], "no process is left");
    t.same(readdirSync(join(run.folder, ".tandem/run")), [], "the lock is released");
  },
);

t.test("runs, refuses a second start, survives a kill -9, drains in order, exits 0", async (t) => {
  const run = up(t, { "webserver-box1": "slow", ...(await expired()) });
  await running(run);
  t.match(run.out(), /site +https:\/\/www\.example\.test:18080\//);
  await told(run, /^.*site\.crt EXPIRED 2 days ago, on \d{4}-\d\d-\d\d; renew it, then reload$/m);
  t.same(run.events().at(-1)?.[1], "balancer", "the balancer starts last");

  const second = command(run.folder, "up");
  t.equal(await second.exit, 1);
  t.match(second.err(), `box1 runs already: 'tandem up' is process ${run.child.pid}`);

  const victim = run.tiers().find(({ tier }) => tier === "appserver")?.pid ?? 0;
  process.kill(victim, "SIGKILL");
  await eventually("the appserver is back", () =>
    run
      .tiers()
      .some(({ tier, state, pid }) => tier === "appserver" && state === "ready" && pid !== victim),
  );
  await told(
    run,
    /^\d\d:\d\d:\d\d box1 appserver \(pid \d+\) died: signal SIGKILL; restarting now$/m,
  );
  await told(run, /box1 appserver is back \(pid \d+\) after \d+\.\d s/);

  const status = command(run.folder, "status", "--json");
  t.equal(await status.exit, 1, "degraded: the balancer has no admin port to ask");
  t.match(JSON.parse(status.out()), { boxes: [{ box: "box1", pid: run.child.pid }] });

  run.child.kill("SIGINT");
  t.equal(await run.exit, 0);
  const ended = run
    .events()
    .filter(([what]) => what === "term")
    .map(([, tier]) => tier);
  t.same(ended, ["balancer", "webserver", "appserver"]);
  t.same(leftovers(run), []);
  t.same(readdirSync(join(run.folder, ".tandem/run")), []);
});

t.test("a crash loop is reported, slows down, and ends when the tier recovers", async (t) => {
  const run = up(t);
  await running(run);
  writeFileSync(join(run.folder, "webserver-box1"), "crash");
  process.kill(run.tiers().find(({ tier }) => tier === "webserver")?.pid ?? 0, "SIGKILL");
  await told(
    run,
    /CRASH LOOP, 3 deaths in a row: .* died: exit code 7; next start in 0\.[45] s\n +\| the roof is on fire/,
  );
  writeFileSync(join(run.folder, "webserver-box1"), "ok");
  await told(run, /webserver is back/);
  run.child.kill("SIGTERM");
  t.equal(await run.exit, 0);
});

t.test("a tier that ignores SIGTERM is killed after its deadline", async (t) => {
  const run = up(t, { "webserver-box1": "hang" });
  await running(run);
  const stop = command(run.folder, "stop");
  t.equal(await stop.exit, 0);
  t.match(stop.out(), /^stopped process \d+ after [\d.]+ s$/m);
  t.equal(await run.exit, 0);
  t.match(run.err(), /box1 webserver \(pid \d+\) had not drained after 2\.1 s; killed/);
  t.same(leftovers(run), []);
  const again = command(run.folder, "stop");
  t.equal(await again.exit, 0);
  t.match(again.err(), "nothing runs");
});

t.test("a second Ctrl-C kills at once", async (t) => {
  const run = up(t, { "webserver-box1": "hang", "tandem.yaml": PATIENT });
  await running(run);
  run.child.kill("SIGINT");
  await eventually("the webserver was asked", () =>
    run.events().some(([what]) => what === "ignored"),
  );
  run.child.kill("SIGINT");
  t.equal(await run.exit, 130);
  t.same(leftovers(run), []);
});

t.test("Ctrl-C while starting ends the start", async (t) => {
  const run = up(t, { "webserver-box1": "mute" });
  await eventually("the tiers start", () => run.events().length >= 2);
  run.child.kill("SIGINT");
  t.equal(await run.exit, 0);
  t.same(leftovers(run), []);
});

t.test(
  "kill -9 of the supervisor leaves no child, and its lock does not block the next start",
  async (t) => {
    const run = up(t);
    await running(run);
    run.child.kill("SIGKILL");
    await eventually("every tier has ended", () => leftovers(run).length === 0);
    t.same(
      run.events().filter(([what]) => what === "orphaned").length,
      3,
      "each drained by itself",
    );
    t.ok(existsSync(join(run.folder, ".tandem/run/up-box1.json")), "the lock is stale");
    const next = command(run.folder, "up");
    t.teardown(() => next.child.kill("SIGKILL"));
    await eventually("it starts anyway", () => next.out().includes("stop  ") || undefined);
    next.child.kill("SIGTERM");
    t.equal(await next.exit, 0);
  },
);

t.test(
  "reload: a broken file changes nothing, a good one reaches the balancer alone",
  async (t) => {
    const none = command(t.testdir({ "tandem.yaml": YAML }), "reload");
    t.equal(await none.exit, 1);
    t.match(
      none.err(),
      /no 'tandem up' runs here, .*\n {2}systemctl reload tandem-balancer .*\n {2}kill -HUP PID/,
    );
    const run = up(t);
    await running(run);
    const file = join(run.folder, "tandem.yaml");
    const hups = () => run.events().filter(([what]) => what === "hup");

    writeFileSync(file, YAML.replace("drain: 100ms", "drain: soon"));
    const broken = command(run.folder, "reload");
    t.equal(await broken.exit, 2);
    t.match(
      broken.err(),
      /tandem\.yaml:8:10 {2}webserver\.drain: found 'soon', expected a duration/,
    );
    run.child.kill("SIGHUP");
    await told(run, /not reloaded: the file/);
    await told(run, /tandem\.yaml:8:10/);
    t.same(hups(), [], "no tier was asked to reload");

    writeFileSync(file, YAML.replace("drain: 100ms", "drain: 2s"));
    const good = command(run.folder, "reload");
    t.equal(await good.exit, 0);
    t.match(
      good.out(),
      /^box1 balancer: reloaded\n {2}backends\.web\.balance\.algorithm: first → random\nwebserver has changed: a process reads that when it starts\. One after .*\n {2}kill \d+ {3}# box1 webserver: it drains and is started again; the file has no other webserver, so visitors get errors until it is back\n$/s,
    );
    t.same(
      hups().map(([, tier]) => tier),
      ["balancer"],
    );
    const balancer = run.tiers().find(({ tier }) => tier === "balancer");
    t.match(balancer, { restarts: 0, addresses: ["https://127.0.0.1:2/balancer"] });

    // Carries out the `kill` command that the message advises.
    process.kill(Number(/kill (\d+)/.exec(good.out())?.[1]), "SIGTERM");
    await told(run, /box1 webserver \(pid \d+\) ended: exit code 0; restarting now/);
    await told(run, /box1 webserver is back \(pid \d+\)/);
    const followed = command(run.folder, "reload");
    t.match(await followed.exit.then(followed.out), /^box1 balancer: reloaded\n {2}.*\n$/);

    run.child.kill("SIGTERM");
    t.equal(await run.exit, 0);
    t.match(run.err(), /all stopped after \d+\.\d s\n$/, "the last word");
    t.same(leftovers(run), []);
  },
);

t.test("status: another site's balancer at the same admin address is recognized", async (t) => {
  const told = { site: "www.other.test", box: "box1", pid: 7, health: "healthy" };
  const other = createServer((_, answer) => void answer.end(JSON.stringify(told)));
  other.listen(0, "127.0.0.1");
  await once(other, "listening");
  t.teardown(() => void other.close());
  const address = other.address();
  if (address === null || typeof address === "string") throw new Error("it does not listen");
  const yaml = (site: string): string =>
    YAML.replace("www.example.test", site).replace(
      "balancer:\n",
      `balancer:\n  admin: { bind: "127.0.0.1:${address.port}" }\n`,
    );
  const folder = t.testdir({
    "tandem.yaml": yaml("www.example.test"),
    "own.yaml": yaml(told.site),
  });
  const status = command(folder, "status");
  t.equal(await status.exit, 2);
  t.match(
    status.out(),
    /^www\.example\.test: down\n\nbalancer is down: another balancer answers at 127\.0\.0\.1:\d+, that of www\.other\.test, box box1, process 7; stop it/,
  );
  const own = command(folder, "status", "--config", "own.yaml");
  t.equal(await own.exit, 0);
  t.match(own.out(), /^www\.other\.test: healthy/);
});

t.test("reload: a replaced file names the processes that read it when they started", async (t) => {
  const run = up(t, { "app.ts": "", "app.key": "one" });
  await running(run);
  const file = join(run.folder, "tandem.yaml");
  const yaml = YAML.replace("drain: 1s }", "drain: 1s, sessions: { secretFile: app.key } }");
  writeFileSync(file, yaml);
  const pidOf = (name: string) => run.tiers().find(({ tier }) => tier === name)?.pid;
  process.kill(Number(pidOf("appserver")), "SIGTERM");
  await told(run, /box1 appserver is back/);
  const before = command(run.folder, "reload");
  t.equal(await before.exit, 0);
  t.notMatch(before.out(), "app.key", "older than the process");

  // Replaces a file in the way `mv` does, so that the file keeps the old time of its last write.
  writeFileSync(join(run.folder, "new.key"), "two");
  utimesSync(join(run.folder, "new.key"), 1, 1);
  renameSync(join(run.folder, "new.key"), join(run.folder, "app.key"));
  const after = command(run.folder, "reload");
  t.equal(await after.exit, 0);
  t.match(after.out(), /^appserver\.sessions\.secretFile \(\/.*\/app\.key\) has changed:/m);
  t.match(after.out(), `  kill ${pidOf("appserver")}   # box1 appserver`);
  t.notMatch(after.out(), "# box1 webserver", "the balancer, which does not read the file");

  writeFileSync(file, yaml.replace("log: {", "log: { level: warn,"));
  const level = command(run.folder, "reload");
  t.equal(await level.exit, 0);
  t.match(
    level.out(),
    /kill \d+ {3}# box1 balancer: .* has no other balancer, so visitors are refused until it is back\n/,
  );
  run.child.kill("SIGTERM");
  t.equal(await run.exit, 0);
});

t.test("up: prepare is advised only for certificates that it makes", async (t) => {
  const yaml = (folder: string): string =>
    YAML.replace(
      "routes:",
      `tls: { certificates: [{ cert: ${folder}/a.crt, key: ${folder}/a.key }, { cert: b.crt, key: b.key }] }, routes:`,
    );
  const some = command(t.testdir({ "tandem.yaml": yaml(".tandem/tls") }), "up");
  t.equal(await some.exit, 1);
  t.match(
    some.err(),
    /\/b\.key: no such file; tandem\.yaml names it, and you have to put it there\n/,
  );
  t.match(
    some.err(),
    /tls\/a\.crt, .*tls\/a\.key: no such file\nTo create what is missing: .* prepare/,
  );
  const none = command(t.testdir({ "tandem.yaml": yaml(".") }), "up");
  t.equal(await none.exit, 1);
  t.notMatch(none.err(), "To create what is missing");
});

t.test("a box that is not in the file is refused by every command", async (t) => {
  const folder = t.testdir({ "tandem.yaml": YAML });
  for (const name of ["status", "stop", "reload", "up", "check"]) {
    const run = command(folder, name, "--box", "box9");
    t.equal(await run.exit, 2, name);
    t.match(run.err(), /cluster\.boxes has no box 'box9'; it has box1/, name);
  }
});

t.test("reload: a balancer's refusal is shown, with exit code 1", async (t) => {
  const run = up(t, { "balancer-box1": "hang" });
  await running(run);
  const refused = command(run.folder, "reload");
  t.equal(await refused.exit, 1);
  t.match(refused.err(), /box1 balancer: NOT reloaded, it goes on as it was\n {2}port 1 is in use/);
  run.child.kill("SIGTERM");
  t.equal(await run.exit, 0);
});
