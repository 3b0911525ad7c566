// Runs the built program in its two forms, as modules on Node and as the single executable: each tier, each kind of
// thread, the laboratory, and modules of a user on the disk. The folder that they run in is outside the repository.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { bundleProgram } from "../build/bundle.ts";
import { makeExecutable } from "../build/executable.ts";
import { root } from "../build/repository.ts";

const folder = mkdtempSync(join(tmpdir(), "tandem-installed-"));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
const modules = join(folder, "modules");
const executable = join(folder, "tandem");
await bundleProgram(modules);
await makeExecutable(executable);

const FORMS: Readonly<Record<string, readonly [file: string, ...args: readonly string[]]>> = {
  modules: [process.execPath, join(modules, "tandem.js")],
  executable: [executable],
};
type Form = (typeof FORMS)[string];

/** The environment of an installed program. Nothing in it leads back to the repository. */
const env = { PATH: "/usr/bin:/bin", HOME: folder };

function run([file, ...args]: Form, ...words: readonly string[]) {
  return spawnSync(file, [...args, ...words], { cwd: folder, env, encoding: "utf8" });
}

/** Writes a file into the folder, and returns its path. */
function given(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** Starts a tier. Resolves to its first URL when it is ready. */
async function startTier(t: Test, [file, ...args]: Form, tier: string, config: string) {
  const child = spawn(file, [...args, tier, "--config", config], {
    ...{ cwd: folder, env, stdio: ["ignore", "ignore", "pipe", "ipc"] },
  });
  t.teardown(() => child.kill("SIGKILL"));
  let complaint = "";
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    complaint += chunk;
  });
  const ended = once(child, "exit").then(() => {
    throw new Error(`${tier} ended: ${complaint}`);
  });
  const [ready] = (await Promise.race([once(child, "message"), ended])) as [
    { readonly addresses: readonly string[] },
  ];
  ended.catch(() => undefined); // it ends at the end of the test
  return { child, url: ready.addresses[0] ?? "" };
}

/** Ends a tier as an operator does, and expects that it ends well. */
async function drained(t: Test, child: ChildProcess): Promise<void> {
  child.kill("SIGTERM");
  t.same(await once(child, "exit"), [0, null]);
}

async function givenServer(t: Test, answer: string): Promise<number> {
  const server = createServer((_, response) => response.end(answer)).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

for (const [name, form] of Object.entries(FORMS)) {
  t.test(`${name}: version, help and a wrong command`, async (t) => {
    t.match(
      run(form, "--version").stdout,
      /^tandem \d+\.\d+\.\d+ \([0-9a-f]{12}(-dirty)?, Node \d+/,
    );
    t.match(run(form, "--help").stdout, /^Usage: tandem /m);
    const guide = run(form, "help", "nginx").stdout;
    t.equal(guide, readFileSync(root("docs/coming-from-nginx.md"), "utf8"), "a guide is inside");
    t.match(run(form, "balancer", "--help").stdout, /Usage: tandem-balancer /);
    const wrong = run(form, "cehck");
    t.equal(wrong.status, 1);
    t.match(wrong.stderr, /unknown command 'cehck'\n\(Did you mean check\?\)/);
    const broken = given("broken.yaml", "site: x\nbalancr: {}\n");
    const checked = run(form, "check", broken);
    t.equal(checked.status, 2);
    t.match(checked.stderr + checked.stdout, /broken\.yaml:2/);
  });

  t.test(`${name}: a balancer with two threads and an algorithm of its user`, async (t) => {
    const ports = [await givenServer(t, "one"), await givenServer(t, "two")];
    given(
      "second.ts",
      `export function createPicker() {
         let servers: readonly { readonly name: string }[] = [];
         return {
           why: "first-choice",
           update(list: typeof servers) { servers = list; },
           pick: () => servers.find(({ name }) => name === "two"),
         };
       }`,
    );
    const config = given(
      "balancer.yaml",
      `site: x
balancer:
  threads: 2
  frontends: { web: { bind: "127.0.0.1:0", routes: [{ backend: app }] } }
  admin: { bind: "127.0.0.1:0" }
  backends:
    app:
      balance: { algorithm: module, module: second.ts }
      servers:
        one: { address: "127.0.0.1:${ports[0]}" }
        two: { address: "127.0.0.1:${ports[1]}" }
`,
    );
    const { child, url } = await startTier(t, form, "balancer", config);
    for (let i = 0; i < 4; i++) t.equal(await (await fetch(url)).text(), "two");
    await drained(t, child);
  });

  t.test(`${name}: a webserver hashes large files on a thread`, async (t) => {
    given("film.bin", "x".repeat(3_000_000));
    const config = given(
      "webserver.yaml",
      `site: x\nwebserver: { bind: "127.0.0.1:0", locations: [{ path: /, root: . }] }\n`,
    );
    const { child, url } = await startTier(t, form, "webserver", config);
    const tag = async () => {
      const answer = await fetch(`${url}/film.bin`);
      t.equal((await answer.arrayBuffer()).byteLength, 3_000_000);
      return answer.headers.get("etag");
    };
    while ((await tag()) === null) await new Promise((resolve) => setTimeout(resolve, 50));
    await drained(t, child);
  });

  t.test(`${name}: an appserver runs an application on SQLite`, async (t) => {
    given(
      "app.ts",
      // No node_modules holds @tandem/appserver here: the host itself answers to that name.
      `import { isDatabaseAway } from "@tandem/appserver";
       const greeting: string = isDatabaseAway(new Error("no such table")) ? "away" : "hello";
       export const app = async (fastify: any, { database }: any) => {
         fastify.get("/", async () => {
           const { rows } = await database.executeQuery({ sql: "select 6 * 7 as n", parameters: [], query: {} });
           return greeting + " " + rows[0].n;
         });
       };`,
    );
    const config = given(
      "appserver.yaml",
      `site: x
appserver:
  app: app.ts
  bind: 127.0.0.1:0
  database: { url: "sqlite:${name}.db" }
  sessions: { secretFile: "${name}.key" }
`,
    );
    const migrated = run(form, "appserver", "migrate", "--config", config);
    t.equal(migrated.status, 0, migrated.stderr);
    const { child, url } = await startTier(t, form, "appserver", config);
    t.equal(await (await fetch(url)).text(), "hello 42");
    await drained(t, child);
  });

  t.test(`${name}: tandem up starts itself as the tiers`, async (t) => {
    const port = await givenServer(t, "through up");
    const config = given(
      "up.yaml",
      `site: up.test
state: ${name}-state
balancer:
  threads: 1
  frontends: { web: { bind: "127.0.0.1:0", routes: [{ backend: app }] } }
  backends: { app: { servers: { one: { address: "127.0.0.1:${port}" } } } }
`,
    );
    const [file, ...args] = form;
    const child = spawn(file, [...args, "up", "--config", config], { cwd: folder, env });
    t.teardown(() => child.kill("SIGTERM"));
    let said = "";
    for await (const chunk of child.stdout) {
      said += chunk;
      if (/http:\/\/127\.0\.0\.1:\d+/.test(said)) break;
    }
    const [url = ""] = /http:\/\/127\.0\.0\.1:\d+/.exec(said) ?? [];
    t.equal(await (await fetch(url)).text(), "through up");
    child.kill("SIGTERM");
    t.same(await once(child, "exit"), [0, null]);
  });

  t.test(`${name}: the laboratory simulates, and has its page with it`, async (t) => {
    const simulated = run(form, "lab", "run", "S4", "--seeds", "1", "--threads", "2", "--json");
    t.equal(simulated.status, 0, simulated.stderr);
    t.type(JSON.parse(simulated.stdout), "object");
    const page = join(folder, `${name}.html`);
    t.equal(run(form, "lab", "serve", "--export", page).status, 0);
    t.ok(existsSync(page));
    t.match(readFileSync(page, "utf8"), "worker-source");
    given(
      "least.ts",
      "export const least = <S extends { inFlight: number }>(all: readonly S[]) => all[0];",
    );
    const own = given(
      "own.ts",
      `import { least } from "./least.ts";
      export const createPicker = () => ({ why: "next" as const, update() {}, pick: () => least([]) });`,
    );
    const made = run(form, "lab", "serve", "--algorithms", own, "--export", page);
    t.equal(made.status, 0, made.stderr);
    t.match(readFileSync(page, "utf8"), "tandemOwn");
  });
}

t.test("executable: V8 takes the code that was made with the executable", (t) => {
  const { stderr } = spawnSync(executable, ["--help"], {
    ...{ cwd: folder, encoding: "utf8" },
    env: { ...env, NODE_DEBUG: "tandem-loader" },
  });
  t.match(stderr, /tandem\.js: code taken/);
  t.notMatch(stderr, /parsed again/);
  t.end();
});
