// Tests the appserver as other tiers see it: health, mutual TLS, drain, a database or Redis that goes away and comes
// back, sessions over real sockets, and the executable.
import { type ChildProcess, execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { Agent, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Kysely } from "kysely";
import t from "tap";
import { type Application, isDatabaseAway } from "../src/index.ts";
import { issue, read } from "./support/certificates.ts";
import {
  end,
  environment,
  eventually,
  freePort,
  start,
  startHost,
  startMariadb,
} from "./support/index.ts";

declare module "fastify" {
  interface Session {
    user?: string;
  }
}

interface Tables {
  note: { id: number; text: string };
}

/** An application that shows the logged-in user, logs a user in, and delays answers for a test. */
const application: Application = {
  migrations: () => ({
    "0001_note": {
      up: (db) => db.schema.createTable("note").addColumn("text", "varchar(99)").execute(),
    },
  }),
  async seed({ database }) {
    const db = database as Kysely<Tables>;
    await db
      .insertInto("note")
      .values({ text: "hello" } as never)
      .execute();
    return { note: 1 };
  },
  async app(app, context) {
    const db = context.database as Kysely<Tables>;
    await app.register(context.sessions);
    app.setErrorHandler((error, _request, reply) =>
      isDatabaseAway(error)
        ? reply.code(503).header("retry-after", "5").send("away")
        : reply.code(500).send(`${error}`),
    );
    app.setNotFoundHandler(async (_request, reply) => reply.code(404).send("no such note"));
    app.get("/notes", async () => (await db.selectFrom("note").select("text").execute())[0]?.text);
    app.get("/held", () => new Promise((resolve) => held.push(() => resolve("held"))));
    app.get("/whoami", async (request) => request.session.user ?? "nobody");
    app.get("/login", async (request) => {
      await request.session.regenerate();
      request.session.user = "ann";
      return "in";
    });
  },
};

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
}

function get(
  url: string,
  headers: Record<string, string> = {},
  options: object = {},
): Promise<Answer> {
  const send = url.startsWith("https:") ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = send(url, { headers, ...options }, (response) => {
      let body = "";
      response.on("data", (chunk) => {
        body += chunk;
      });
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      );
    });
    request.on("error", reject).end();
  });
}

/**
 * One function per request for /held that is still unanswered, in the order of the requests. A call
 * of the function answers the request.
 */
const held: (() => void)[] = [];
const inHandler = (count: number): Promise<void> =>
  eventually(`${count} in the handler`, async () => held.length === count);
t.beforeEach(() => {
  held.length = 0;
});

const https = { "x-forwarded-proto": "https" };
const cookieOf = (answer: Answer): string => `${answer.headers["set-cookie"]}`.split(";")[0] ?? "";
const folder = t.testdir();
const sqlite = (name: string) => ({ url: `sqlite:${join(folder, name)}` });

t.test("the error of a failed start names the key, the file and the next step", async (t) => {
  const base = { application, folder };
  await t.rejects(
    startHost({ ...base, migrate: false, appserver: { database: sqlite("unmigrated.db") } }),
    /lacks 2 migration\(s\): 0001_tandem_session, 0001_note; run 'tandem-appserver migrate/,
  );
  const tls = { ca: join(folder, "ca.crt"), cert: "c", key: "k" };
  await t.rejects(
    startHost({ ...base, appserver: { tls, database: sqlite("tls.db") } }),
    /appserver\.tls\.ca: cannot read .*ca\.crt \(no such file\)$/,
  );
  const port = await freePort();
  const appserver = { bind: `127.0.0.1:${port}`, database: sqlite("port.db") };
  const first = await startHost({ ...base, appserver });
  await t.rejects(
    startHost({ ...base, appserver }),
    /appserver\.bind: cannot listen on 127\.0\.0\.1:.*listens there already/,
  );
  await first.stop();
});

t.test(
  "health checks are not logged; requests are logged with the id they came with",
  async (t) => {
    const appserver = { servedBy: true, database: sqlite("health.db") };
    const host = await startHost({ application, folder, appserver });
    t.teardown(() => host.stop());
    t.equal((await get(`${host.url}/healthz`)).status, 200);
    const ready = await get(`${host.url}/readyz`);
    t.equal(ready.headers["content-type"], "application/health+json");
    t.match(JSON.parse(ready.body), {
      ...{ status: "pass", serviceId: `box1/app/${process.pid}` },
      checks: { database: [{ status: "pass", componentId: /^sqlite:/ }] },
    });
    t.equal(host.accessLines.length, 0);
    const answer = await get(`${host.url}/notes`, {
      "x-request-id": "abc-1",
      "x-forwarded-for": "192.0.2.7",
    });
    t.equal(answer.body, "hello");
    t.equal(answer.headers["x-served-by"], `box1/app/${process.pid}`);
    await eventually("the access line", async () => host.accessLines.length === 1);
    t.match(
      host.accessLines[0],
      /^192\.0\.2\.7 \[20.*Z\] box1\/app\/\d+ abc-1 \d+ 200 5 -- "GET \/notes"$/,
    );
    await get(`${host.url}/nowhere?"`, { "x-request-id": 'evil" id' });
    await eventually("the access line", async () => host.accessLines.length === 2);
    t.match(host.accessLines[1], /[0-9a-f-]{36} \d+ 404 \d+ -- "GET \/nowhere\?%22"$/);
    t.match(
      await host.registry.metrics(),
      /tandem_appserver_http_responses_total\{code="2xx"\} 1\n/,
    );
  },
);

t.test("its load: reported to a neighbour that asks, and in answers when configured", async (t) => {
  const host = await startHost({ application, folder, appserver: { database: sqlite("load.db") } });
  t.teardown(() => host.stop());
  const load = `${host.url}/.well-known/tandem/load`;
  const slow = get(`${host.url}/held`);
  await inHandler(1);
  const { status, headers: during } = await get(load);
  t.equal(status, 204);
  t.match(during["endpoint-load-metrics"], /in_flight=1/);
  await sleep(100);
  held[0]?.();
  t.equal((await slow).headers["endpoint-load-metrics"], undefined);
  await eventually("it is over", async () =>
    /in_flight=0,named_metrics\.latency_ms=(99|\d{3,})/.test(
      `${(await get(load)).headers["endpoint-load-metrics"]}`,
    ),
  );
  for (const path of [load, `${host.url}/readyz`])
    for (const client of [{ "x-forwarded-for": "192.0.2.7" }, { via: "1.1 box1-web" }]) {
      const { status: refused, body } = await get(path, client);
      t.match([refused, body], [404, "no such note"], "for clients the path is the application's");
    }
  const appserver = { loadReport: true, database: sqlite("report.db") };
  const telling = await startHost({ application, folder, appserver });
  t.teardown(() => telling.stop());
  const { headers } = await get(`${telling.url}/notes`);
  t.match(headers["endpoint-load-metrics"], /^TEXT application_utilization=/);
});

t.test("a visitor who leaves before the answer is logged as such", async (t) => {
  const host = await startHost({
    application,
    folder,
    appserver: { database: sqlite("abort.db") },
  });
  t.teardown(() => host.stop());
  const request = httpRequest(`${host.url}/held`).end();
  request.on("error", () => undefined);
  await inHandler(1);
  request.destroy();
  await eventually("the access line", async () => host.accessLines.length === 1);
  t.match(host.accessLines[0], / 499 - CD "GET \/held"$/);
});

t.test("only a neighbour with a certificate of the internal CA can connect", async (t) => {
  const [mine, stranger] = [issue(folder, "box1"), issue(folder, "stranger")];
  const host = await startHost({
    application,
    folder,
    appserver: { tls: mine, database: sqlite("mutual.db") },
  });
  t.teardown(() => host.stop());
  t.match(host.url, /^https:/);
  const { ca } = read(mine);
  await t.rejects(get(`${host.url}/notes`, {}, { ca }), "no certificate");
  await t.rejects(
    get(`${host.url}/notes`, {}, { ...read(stranger), ca }),
    "a stranger's certificate",
  );
  t.equal((await get(`${host.url}/notes`, {}, read(mine))).body, "hello");
  await eventually("the log says why", async () =>
    host.logged.some((line) => /connection refused: it showed no certificate/.test(line)),
  );
});

t.test("a drain answers every request until it settles, then accepts no connection", async (t) => {
  const host = await startHost({
    application,
    folder,
    appserver: { database: sqlite("drain.db") },
  });
  t.teardown(() => host.stop());
  const kept = new Agent({ keepAlive: true });
  const other = new Agent({ keepAlive: true });
  t.teardown(() => kept.destroy());
  t.teardown(() => other.destroy());
  t.match(await get(`${host.url}/notes`, {}, { agent: kept }), { body: "hello" });
  t.match(await get(`${host.url}/notes`, {}, { agent: other }), { body: "hello" });
  const slow = get(`${host.url}/held`);
  await inHandler(1);
  const drained = host.drain(60_000);
  t.equal((await get(`${host.url}/healthz`)).status, 503);
  const last = { status: 200, body: "hello", headers: { connection: "close" } };
  t.match(await get(`${host.url}/notes`, {}, { agent: kept }), last, "on an idle connection");
  t.match(await get(`${host.url}/notes`), last, "on a new connection");
  await eventually("no further connection is accepted", () =>
    get(`${host.url}/notes`).then(
      () => false,
      () => true,
    ),
  );
  held[0]?.();
  t.match(await slow, { status: 200, body: "held", headers: { connection: "close" } });
  await drained;
});

t.test("a drain ends at its deadline even when a request does not", async (t) => {
  const host = await startHost({ application, folder, appserver: { database: sqlite("cut.db") } });
  t.teardown(() => host.stop());
  const slow = get(`${host.url}/held`);
  slow.catch(() => undefined);
  await inHandler(1);
  await host.drain(20);
  await t.rejects(slow, { code: "ECONNRESET" });
});

t.test(
  "MariaDB goes away and comes back: 503 with Retry-After, then it recovers by itself",
  async (t) => {
    const mariadb = await startMariadb(join(folder, "mariadb"));
    t.teardown(() => mariadb.stop());
    const url = mariadb.create("site");
    const host = await startHost({ application, folder, appserver: { database: { url } } });
    t.teardown(() => host.stop());
    t.equal((await get(`${host.url}/notes`)).body, "hello");
    const cookie = cookieOf(await get(`${host.url}/login`, https));
    await mariadb.freeze();
    const from = performance.now();
    const frozen = await Promise.all(Array.from({ length: 25 }, () => get(`${host.url}/notes`)));
    const statuses = new Set(frozen.map(({ status }) => status));
    t.strictSame([...statuses], [503], "a server that does not answer counts as away");
    t.ok(performance.now() - from < 13_000, "no request waits longer than its own 5 s");
    mariadb.thaw();
    await eventually("recovery", async () => (await get(`${host.url}/notes`)).body === "hello");
    await mariadb.stop();
    for (let i = 0; i < 3; i++) {
      const away = await get(`${host.url}/notes`);
      t.match(away, { status: 503, body: "away", headers: { "retry-after": "5" } });
    }
    await eventually("readiness reports it", async () => {
      const { status, checks } = JSON.parse((await get(`${host.url}/readyz`)).body);
      return status === "warn" && checks.database[0].output.includes("ECONNREFUSED");
    });
    t.equal((await get(`${host.url}/healthz`)).status, 200);
    t.equal((await get(`${host.url}/whoami`, { ...https, cookie })).body, "nobody");
    const second = await startHost({
      application,
      folder,
      migrate: false,
      appserver: { database: { url } },
    });
    t.teardown(() => second.stop());
    t.match(second.logged.join(), /database away: starting without it/);
    await mariadb.start();
    for (const { url } of [host, second]) {
      await eventually("recovery", async () =>
        /"status":"pass"/.test((await get(`${url}/readyz`)).body),
      );
      t.equal((await get(`${url}/notes`)).body, "hello");
      t.equal((await get(`${url}/whoami`, { ...https, cookie })).body, "ann");
    }
    t.match(host.logged.join(), /session store away.*session store is back/);
  },
);

t.test("the executable migrates, seeds, serves and ends on SIGTERM", async (t) => {
  const dir = t.testdir({
    "index.ts": `
      export const migrations = () => ({ "0001_t": {
        up: (db) => db.schema.createTable("t").addColumn("n", "integer").execute() } });
      export const seed = async () => ({ t: 0 });
      export const app = async (app, { box }) => { app.get("/", async () => box); };`,
  });
  const port = await freePort();
  const file = join(dir, "tandem.yaml");
  const yaml = (more: string) =>
    writeFileSync(
      file,
      `site: www.foobar.com\nappserver:\n  app: ${dir}\n  bind: 127.0.0.1:${port}\n  database: { url: "sqlite:${dir}/site.db" }\n  sessions: { secretFile: "${dir}/key" }\n${more}cluster: { boxes: { box1: {} } }\n`,
    );
  const bin = join(import.meta.dirname, "..", "bin", "tandem-appserver.ts");
  const env = environment();
  const run = (...args: string[]) =>
    execFileSync(process.execPath, [bin, ...args, "--config", file], { env, encoding: "utf8" });
  yaml("  bidn: 1\n");
  const wrong = start(process.execPath, [bin, "--config", file, "--box", "box1"]);
  t.equal(await exitCode(wrong), 2);
  t.match(wrong.said(), /bind/);
  yaml("");
  const early = start(process.execPath, [bin, "--config", file, "--box", "box1"]);
  t.equal(await exitCode(early), 1);
  t.match(early.said(), /secretFile.*'tandem prepare'/);
  t.match(JSON.parse(run("migrate", "--seed", "--json")), {
    applied: ["0001_tandem_session", "0001_t"],
    seeded: { t: 0 },
    secretCreated: true,
  });
  t.match(run("migrate"), /site\.db: nothing to migrate/);
  const child = start(process.execPath, [bin, "--config", file, "--box", "box1"]);
  t.teardown(() => end(child, "SIGKILL"));
  const up = () =>
    get(`http://127.0.0.1:${port}/`).then(
      (answer) => answer.body === "box1",
      () => false,
    );
  await eventually("the executable", async () => {
    if (child.exitCode !== null) throw new Error(child.said());
    return up();
  });
  await end(child);
  t.equal(child.exitCode, 0);
});

async function exitCode(child: ChildProcess): Promise<number | null> {
  await new Promise((resolve) => child.once("close", resolve));
  return child.exitCode;
}
