// Tests that `tandem check` reports every fault that would stop `tandem up`, with its place in the
// file. Faults of certificates are tested in certificates.test.ts. The configuration files have no
// boxes, so each file describes this machine.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import t, { type Test } from "tap";
import { environment } from "./environment.ts";

const TANDEM = fileURLToPath(new URL("../bin/tandem.ts", import.meta.url));

const YAML = `site: x
balancer:
  frontends: { f: { bind: "127.0.0.1:0", routes: [{ backend: web }] } }
  backends:
    web:
      balance: { algorithm: module, module: picker.ts }
      servers: { s: { address: "127.0.0.1:9" } }
webserver:
  bind: 127.0.0.1:0
  locations: [{ path: /assets/, root: static }]
  upstream: { servers: { s: { address: "127.0.0.1:9" } } }
appserver:
  bind: 127.0.0.1:0
  app: app
  database: { url: "sqlite:site.db" }
telemetry:
  log: { directory: logs }
`;
const PICKER = "export const createPicker = () => ({ update() {}, pick() {} });\n";
const APP = "export const app = async () => {};\nexport const migrations = () => ({});\n";

/** Runs `tandem` in the folder `/`, so that no file is found by accident. */
function tandem(dir: string, ...words: string[]) {
  return spawnSync(process.execPath, [TANDEM, ...words], {
    ...{ cwd: "/", encoding: "utf8", timeout: 60_000 },
    env: environment(dir),
  });
}

function givenSite(t: Test, files: Readonly<Record<string, string>> = {}): string {
  const dir = t.testdir({ static: {}, app: { "index.ts": APP }, "picker.ts": PICKER });
  writeFileSync(join(dir, "tandem.yaml"), YAML);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  return dir;
}

t.test("a file without boxes is one machine: prepared, checked, started", async (t) => {
  const dir = givenSite(t);
  const file = join(dir, "tandem.yaml");
  for (const words of [
    ["check", file],
    ...["status", "stop", "reload", "up"].map((name) => [name, "--config", file]),
  ])
    t.match(tandem(dir, ...words, "--box", "box9"), {
      status: 2,
      stderr: /describes one machine; leave out --box box9/,
    });
  const unprepared = tandem(dir, "check", file);
  t.equal(unprepared.status, 2);
  t.match(unprepared.stderr, `${file}:12:1  appserver.sessions.secretFile: cannot read ${dir}/`);
  t.match(unprepared.stderr, `${file}:15:20  appserver.database.url: there is no database ${dir}/`);
  t.match(unprepared.stderr, "2 problems in");
  t.match(tandem(dir, "prepare", "--config", file), { status: 0, stderr: /session\.key: created/ });
  t.match(tandem(dir, "check", file), { status: 0, stdout: `${file}: valid\n`, stderr: "" });
  t.match(tandem(dir, "check", "--json", file).stdout, /"ok": true/);

  const child = spawn(process.execPath, [TANDEM, "up", "--config", file], {
    ...{ cwd: "/", env: environment(dir), stdio: ["ignore", "pipe", "pipe"] },
  });
  t.teardown(() => child.kill("SIGKILL"));
  let said = "";
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const started = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk) => {
        said += chunk;
        if (/stop {2,}Ctrl-C/.test(said)) resolve();
      });
  });
  await Promise.race([started, ended]);
  for (const tier of ["appserver", "webserver", "balancer"])
    t.match(said, new RegExp(`${hostname()} +${tier} +\\d`));
  t.match(tandem(dir, "status", "--config", file), { stdout: /balancer +ready/ });
  child.kill("SIGTERM");
  t.equal(await ended, 0, said);
});

t.test("everything that a start would open is checked", async (t) => {
  const dir = givenSite(t, {
    "app/index.ts": "import './broken.ts';\n",
    "app/broken.ts": "export const a = 1;\nthrow new TypeError('on strike');\n",
    "picker.ts": "export const createPicker = ;\n",
    "tandem.yaml": YAML.replace("root: static", "root: statik"),
    logs: "a file where a folder should be",
  });
  const file = join(dir, "tandem.yaml");
  mkdirSync(join(dir, ".tandem"));
  writeFileSync(join(dir, ".tandem/session.key"), "short\n");
  const { status, stdout, stderr } = tandem(dir, "check", file);
  t.equal(status, 2);
  t.equal(stdout, "");
  const expected = [
    `:6:45  balancer.backends.web.balance.module: ${dir}/picker.ts cannot be loaded: SyntaxError: Expression expected\n  at ${dir}/picker.ts:1\n    export const createPicker = ;`,
    `:10:39  webserver.locations[0].root: ${dir}/statik is no folder`,
    `:12:1  appserver.sessions.secretFile: ${dir}/.tandem/session.key holds 5 characters, expected 32`,
    `:14:8  appserver.app: ${dir}/app/index.ts cannot be loaded: TypeError: on strike\n  at ${dir}/app/broken.ts:2:7`,
    ":15:20  appserver.database.url: there is no database",
    `:17:21  telemetry.log.directory: cannot write to the folder '${dir}/logs'`,
  ];
  let from = 0;
  for (const words of expected) {
    const at = stderr.indexOf(`${file}${words}`, from);
    t.ok(at >= 0, `${words}\n\nis missing, or out of order, in\n\n${stderr}`);
    from = Math.max(from, at);
  }
  t.match(tandem(dir, "check", "--no-files", file), { status: 0 }, "the file alone is right");
  writeFileSync(file, YAML.replace('url: "sqlite:site.db"', "urlFile: db.url"));
  const hidden = tandem(dir, "check", file).stderr;
  t.match(hidden, `${file}:14:8  appserver.app: ${dir}/app/index.ts cannot be loaded`);
  t.match(hidden, `${file}:15:24  appserver.database.urlFile: cannot read ${dir}/db.url`);
});

t.test("an application that fails in other ways", async (t) => {
  const dir = givenSite(t);
  const file = join(dir, "tandem.yaml");
  tandem(dir, "prepare", "--config", file);
  const app = (text: string) => {
    writeFileSync(join(dir, "app/index.ts"), text);
    return tandem(dir, "check", file).stderr;
  };
  t.match(
    app(APP.replace("{}", "{\n  const notes = [];\n  return notes[0].text;\n}")),
    new RegExp(
      `appserver\\.app: the application failed to start: TypeError: Cannot read.*\n {2}at ${dir}/app/index\\.ts:3:19`,
    ),
  );
  const left = `appserver\\.app: ${dir}/app/index\\.ts ended the process with exit code 7`;
  const leaves = `console.error("bye");\nprocess.exit(7);\n`;
  t.match(
    app(leaves),
    new RegExp(
      `^${file}:14:8  ${left} while it was loaded; .*\n {2}at .*/index\\.ts:2:9\n {2}\\| bye`,
    ),
  );
  for (const [name, before] of [
    ["prepare", "the database could not be prepared"],
    ["up", `${hostname()} appserver did not start`],
  ] as const)
    t.match(tandem(dir, name, "--config", file).stderr, new RegExp(`^${before}: ${left} while`));
  t.match(
    app("export const app = async () => process.exit(7);\n"),
    new RegExp(`${left} while it registered`),
  );
  t.match(app("export const app = 1;\n"), /index\.ts must export a function 'app/);
});
