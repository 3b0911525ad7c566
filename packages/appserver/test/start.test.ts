// Tests applications whose start never finishes, or that end the process. The error names the application's file and
// the step that has not finished. The executable's message comes before the message of a supervisor.
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Clock, systemClock } from "@tandem/transport";
import t, { type Test } from "tap";
import { type Application, loadApplication } from "../src/index.ts";
import { end, environment, start, startHost } from "./support/index.ts";

const BIN = join(import.meta.dirname, "..", "bin", "tandem-appserver.ts");
/**
 * Writes a tandem.yaml into the folder `dir`. Its application is `app.ts`. Returns the path of
 * tandem.yaml.
 */
function givenFile(dir: string): string {
  const file = join(dir, "tandem.yaml");
  writeFileSync(
    file,
    `site: x
appserver:
  app: app.ts
  bind: 127.0.0.1:0
  database: { url: "sqlite:site.db" }
  sessions: { secretFile: key }
`,
  );
  return file;
}

const never = (): Promise<never> => new Promise(() => undefined);

/** Makes a clock that stands still. `strike` runs every timer, as if its time had passed. */
function stoppedClock(): Clock & { strike(): void } {
  const due = new Set<() => void>();
  return {
    ...systemClock,
    after(_ms, run) {
      due.add(run);
      return { cancel: () => due.delete(run) };
    },
    strike: () => {
      for (const run of due) run();
    },
  };
}

/**
 * Starts an application that calls `waits` and then waits for ever. When the application has called `waits`, the time
 * limit is made to pass. Returns the error of the start.
 */
async function startOf(t: Test, make: (waits: () => void) => Application): Promise<string> {
  const clock = stoppedClock();
  const folder = t.testdir();
  const { promise: waiting, resolve } = Promise.withResolvers<void>();
  const appserver = { database: { url: `sqlite:${join(folder, "site.db")}` } };
  const host = startHost({ application: make(resolve), folder, appserver, clock });
  const words = host.then(
    () => "it started",
    (error: Error) => error.message,
  );
  await Promise.race([waiting, words]);
  clock.strike();
  return words;
}

const late = (what: string): RegExp =>
  new RegExp(
    `^appserver\\.app: unused did not start within 10 s: ${what} has not settled; .*time limit`,
  );

t.test("a registration that never settles: the error names what is awaited", async (t) => {
  const hang = (waits: () => void) => async () => {
    waits();
    return never();
  };
  t.match(await startOf(t, (waits) => ({ app: hang(waits) })), late("its function 'app'"));
  t.match(await startOf(t, (waits) => ({ handler: hang(waits) })), late("its function 'handler'"));
  const plugin = (waits: () => void) => {
    const redis = hang(waits);
    return Object.defineProperty(redis, "name", { value: "redis" });
  };
  t.match(
    await startOf(t, (waits) => ({
      app: async (app) => void (await app.register(plugin(waits))),
    })),
    late("its plugin 'redis'"),
  );
  t.match(
    await startOf(t, (waits) => ({
      app: async (app) => void app.register(async () => undefined).register(plugin(waits)),
    })),
    late("its plugin 'redis'"),
  );
  t.match(
    await startOf(t, (waits) => ({
      app: async (app) => void app.addHook("onReady", hang(waits)),
    })),
    late("a hook 'onReady'"),
  );
});

t.test("a plugin that throws", async (t) => {
  const failing: Application = {
    app: async (app) => void app.register(async () => Promise.reject(new TypeError("on strike"))),
  };
  t.match(
    await startOf(t, () => failing),
    /^appserver\.app: the application failed to start: TypeError: on strike\n {2}at .*start\.test\.ts:\d+/,
    "also in a plugin of its own that it does not await",
  );
});

t.test("a top-level await that never settles", async (t) => {
  const folder = t.testdir({ "index.ts": "await new Promise(() => {});\nexport const app = 1;\n" });
  const clock = stoppedClock();
  const loaded = loadApplication(folder, clock);
  clock.strike();
  await t.rejects(loaded, {
    message: `appserver.app: ${folder}/index.ts did not start within 10 s: a top-level await has not settled;`,
  });
});

t.test("an application that ends the process", async (t) => {
  const dir = t.testdir();
  const [app, config] = [join(dir, "app.ts"), givenFile(dir)];
  const run = (text: string, ...words: string[]) => {
    writeFileSync(app, text);
    return spawnSync(process.execPath, [BIN, ...words, "--config", config], {
      ...{ encoding: "utf8", timeout: 60_000 },
      env: { ...environment(), HOME: dir },
    });
  };
  const words = (code: number, when: string) =>
    new RegExp(
      `^appserver\\.app: ${app} ended the process with exit code ${code} while it ${when}; .*throw an Error.*\n {2}at ${app}:2:\\d+\n$`,
    );
  const loading = "// leaves\nprocess.exit(3);\n";
  const registering = "export const app = async () => {\nprocess.exit(4); };\n";
  t.equal(run(registering, "migrate").status, 0, "it does not register then");
  for (const how of [["migrate"], []])
    t.match(run(loading, ...how), { status: 3, stderr: words(3, "was loaded") }, how.join());
  for (const how of [["--check"], []])
    t.match(run(registering, ...how), { status: 4, stderr: words(4, "registered") }, how.join());
  const zero = run("await 1;\nprocess.exit(0);\n", "migrate");
  t.match(zero, { status: 1, stderr: words(0, "was loaded") }, "is no success");
  const uncaught = run(
    "setTimeout(() => {\nthrow new Error('on strike'); });\nawait new Promise(() => {});",
  );
  t.match(uncaught, { status: 1, stderr: /exit code 1 while it was loaded\n/ });
  t.match(uncaught.stderr, /Error: on strike/);
  t.notMatch(uncaught.stderr, /throw an Error/);
});

t.test("what Node makes of an application's modules is kept in the state folder", async (t) => {
  const dir = t.testdir();
  const [config, modules] = [givenFile(dir), join(dir, ".tandem/modules")];
  const { PATH, HOME } = environment();
  const said = (text: string): string => {
    writeFileSync(
      join(dir, "app.ts"),
      `export const app = async () => {};\nconsole.log("${text}");`,
    );
    const words = [BIN, "migrate", "--config", config];
    return spawnSync(process.execPath, words, { encoding: "utf8", env: { PATH, HOME } }).stdout;
  };
  t.match(said("one"), /^one$/m);
  t.ok(readdirSync(modules, { recursive: true }).length > 1, "modules are kept");
  t.match(said("one"), /^one$/m, "and found again");
  t.match(said("two"), /^two$/m, "a changed module counts");
  rmSync(modules, { recursive: true });
  writeFileSync(modules, "not a folder");
  t.match(said("three"), /^three$/m, "without a place to keep them, it starts all the same");
});

t.test("SIGTERM while the application registers is handled by the host", async (t) => {
  const dir = t.testdir({
    "app.ts": "export const app = () => { console.log('begun'); return new Promise(() => {}); };\n",
  });
  const config = givenFile(dir);
  spawnSync(process.execPath, [BIN, "migrate", "--config", config]);
  const child = start(process.execPath, [BIN, "--config", config]);
  t.teardown(() => end(child, "SIGKILL"));
  while (!child.said().includes("begun")) await once(child.stdout ?? child, "data");
  await end(child);
  t.equal(child.exitCode, 0, child.said());
  t.notMatch(child.said(), /ended the process/);
});
