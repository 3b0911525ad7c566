// Tests commands that are given another configuration file than the running site uses, or a file
// that has changed since the start.
import { existsSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { command, running, up, YAML } from "./fake/run.ts";

t.test("two sites with one state folder: no command of one touches the other", async (t) => {
  const other = YAML.replace("www.example.test", "www.other.test");
  const files = { "s2.yaml": other, "box2.yaml": other.replaceAll("box1", "box2") };
  const run = up(t, files);
  await running(run);
  const { pid } = run.child;
  const whose = new RegExp(
    `/\\.tandem is the state folder of another site: process ${pid} runs www\\.example\\.test there, from /.*/tandem\\.yaml$`,
    "m",
  );
  for (const file of Object.keys(files)) {
    for (const words of ["stop", "reload", "up", "prepare", "cert ca", "cert issue site"]) {
      const refused = command(run.folder, ...words.split(" "), "--config", file);
      t.teardown(() => refused.child.kill("SIGKILL"));
      t.equal(await refused.exit, 1, words);
      t.match(refused.err(), whose, words);
      t.match(
        refused.err(),
        `give ${file} a folder of its own: state: .tandem-www.other.test`,
        words,
      );
      const outage = /stop --config \/.*\/tandem\.yaml/.test(refused.err());
      t.equal(
        outage,
        words === "stop",
        `${words}: only the message of a stop says how to stop the other site`,
      );
    }
    const status = command(run.folder, "status", "--config", file);
    t.equal(await status.exit, 2);
    t.match(status.out(), /^www\.other\.test: down\n\nstate folder is taken: \/.*process \d+ runs/);
    t.match(status.out(), "no 'tandem up' of this site runs here");
    t.notMatch(status.out(), "appserver", "no process of the other site is shown as this site's");
  }
  t.notOk(existsSync(join(run.folder, ".tandem/tls")), "no authority was made");
  t.same(
    [...new Set(run.events().map(([what]) => what))],
    ["start"],
    "no tier was asked to reload",
  );

  // A command recognizes its running site by the path of the file or by the name of the site. So the site is still
  // recognized when the file was renamed, or when the file now names another site.
  const file = join(run.folder, "tandem.yaml");
  writeFileSync(file, YAML.replace("www.example.test", "www.renamed.test"));
  const edited = command(run.folder, "status");
  t.match(await edited.exit.then(edited.out), /box1 +appserver +ready/);
  writeFileSync(file, YAML);
  renameSync(file, join(run.folder, "moved.yaml"));
  const reload = command(run.folder, "reload", "--config", "moved.yaml");
  t.equal(await reload.exit, 1);
  t.match(reload.err(), /process \d+ runs \/.*\/tandem\.yaml, which is gone; put it back/);
  const orphan = command(run.folder, "stop", "--config", "s2.yaml");
  t.equal(await orphan.exit, 1);
  t.match(orphan.err(), `kill ${pid}`, "no file is left that a command could name");
  const second = command(run.folder, "up", "--config", "moved.yaml");
  t.equal(await second.exit, 1);
  t.match(second.err(), "to run both, give moved.yaml a folder of its own");
  const stop = command(run.folder, "stop", "--config", "moved.yaml");
  t.equal(await stop.exit, 0);
  t.match(stop.out(), /^stopped process \d+, which ran \/.*\/tandem\.yaml, after/, "not this file");
  t.equal(await run.exit, 0);
});

t.test(
  "status: with a file that has become invalid, it shows what runs, then what is wrong",
  async (t) => {
    const run = up(t, { "tandem.yaml": `state: here\n${YAML}` });
    await running(run);
    const faults = {
      "drain: soon": [
        `state: here\n${YAML.replace("drain: 100ms", "drain: soon")}`,
        "found 'soon'",
      ],
      "an open bracket": [`state: here\n${YAML}x: [`, "tandem.yaml:"],
    } as const;
    for (const [name, [text, complaint]] of Object.entries(faults)) {
      writeFileSync(join(run.folder, "tandem.yaml"), text);
      const status = command(run.folder, "status");
      t.equal(await status.exit, 2, name);
      t.match(status.out(), `process ${run.child.pid} runs www.example.test as`, name);
      t.match(status.out(), /box1 +balancer +ready/, name);
      t.match(status.err(), complaint, name);
      const json = command(run.folder, "status", "--json");
      t.equal(await json.exit, 2, name);
      t.equal(json.out(), "", "no output that a script could take for a report");
    }
    run.child.kill("SIGTERM");
    t.equal(await run.exit, 0);
  },
);
