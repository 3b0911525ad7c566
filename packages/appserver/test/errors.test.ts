// Tests how an application's errors are answered and logged. The answer reveals nothing about the error. The log line
// tells everything except secrets.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Application } from "../src/index.ts";
import { end, eventually, freePort, start, startHost } from "./support/index.ts";

const SECRET = "hunter2";
const sqlError = () =>
  Object.assign(new Error(`Duplicate entry '${SECRET}' for key 'person.token'`), {
    ...{ code: "ER_DUP_ENTRY", errno: 1062, sql: `insert into person values ('${SECRET}')` },
  });

const application: Application = {
  migrations: () => ({}),
  async app(app) {
    const failures: Record<string, () => unknown> = {
      sql: () => Promise.reject(sqlError()),
      thrown: () => {
        throw new Error(`mysql://site:${SECRET}@db is away`, { cause: sqlError() });
      },
      text: () => Promise.reject(`password=${SECRET}`),
      nothing: () => Promise.reject(undefined),
      odd: () => Promise.reject(Object.assign(new Error(SECRET), { statusCode: 200 })),
      away: () => Promise.reject(Object.assign(new Error(SECRET), { code: "ECONNREFUSED" })),
      teapot: () => Promise.reject(Object.assign(new Error("no coffee"), { statusCode: 418 })),
    };
    for (const [name, fail] of Object.entries(failures)) app.get(`/${name}`, async () => fail());
    app.addHook("onSend", async ({ url }, { statusCode }) => {
      if (url === "/late" && statusCode === 200) throw sqlError();
    });
    app.get("/things/:name", async () => "a thing");
    app.get("/late", async () => "sent");
    app.register(async (scope) => {
      scope.setErrorHandler((_error, _request, reply) => {
        throw Object.assign(new Error(SECRET), { of: reply.statusCode });
      });
      scope.get("/handler", async () => Promise.reject(new Error("first")));
    });
  },
};

const folder = t.testdir();

t.test("a 500 shows the request's id and nothing else, to people and to programs", async (t) => {
  const database = { url: `sqlite:${join(folder, "errors.db")}` };
  const host = await startHost({ application, folder, appserver: { database } });
  t.teardown(() => host.stop());
  for (const path of ["sql", "thrown", "text", "nothing", "odd", "late", "handler", "away"]) {
    const id = `id-${path}`;
    for (const accept of ["text/html,*/*;q=0.8", "application/json", ""]) {
      const headers = { accept, "x-request-id": id };
      const query = path === "late" ? "" : `?token=${SECRET}`;
      const answer = await fetch(`${host.url}/${path}${query}`, { headers });
      const text = await answer.text();
      t.equal(answer.status, path === "away" ? 503 : 500, path);
      t.equal(answer.headers.get("retry-after"), path === "away" ? "5" : null);
      t.notMatch(text, /hunter2|person|insert|mysql|password|first/, path);
      t.match(text, id);
      t.equal(text.startsWith("<!doctype"), accept.startsWith("text/html"), path);
    }
  }
  const teapot = await fetch(`${host.url}/teapot`);
  t.equal(teapot.status, 418);
  t.match(await teapot.json(), { message: "no coffee" });
});

t.test("an invalid URL: no internal message, an access line, the fields of the tier", async (t) => {
  const database = { url: `sqlite:${join(folder, "addresses.db")}` };
  const more = { database, servedBy: true };
  const host = await startHost({ application, folder, appserver: more });
  t.teardown(() => host.stop());
  const cases = [
    ["/%ff", 400],
    [`/things/${"a".repeat(200)}`, 414],
  ] as const;
  for (const [path, status] of cases) {
    for (const accept of ["text/html,*/*;q=0.8", "application/json"]) {
      const headers = { accept, "x-request-id": "odd", "x-forwarded-for": "192.0.2.7" };
      const answer = await fetch(`${host.url}${path}`, { headers });
      const text = await answer.text();
      t.match([answer.status, answer.headers.get("x-served-by")], [status, /app/], path);
      t.notMatch(text, /FST_|aaa|%ff/, path);
      t.match(text, "odd");
      t.equal(text.startsWith("<!doctype"), accept.startsWith("text/html"), path);
    }
  }
  await eventually("a line for each", async () => host.accessLines.length === 4);
  for (const line of host.accessLines) t.match(line, /^192\.0\.2\.7 .* (400|414) /);
});

t.test("the log of the process has the error, without secrets", async (t) => {
  const dir = t.testdir({
    "index.ts": `
      export const migrations = () => ({});
      export const app = async (app) => {
        app.get("/", async () => {
          throw Object.assign(new Error("Duplicate entry '${SECRET}' for key 'token'"), {
            code: "ER_DUP_ENTRY", sql: "insert '${SECRET}'", cause: new Error("mysql://a:${SECRET}@db") });
        });
      };`,
  });
  const port = await freePort();
  const file = join(dir, "tandem.yaml");
  writeFileSync(
    file,
    `site: www.foobar.com\nappserver:\n  app: ${dir}\n  bind: 127.0.0.1:${port}\n  database: { url: "sqlite:${dir}/site.db" }\n  sessions: { secretFile: "${dir}/key" }\ncluster: { boxes: { box1: {} } }\n`,
  );
  const bin = join(import.meta.dirname, "..", "bin", "tandem-appserver.ts");
  const migrated = start(process.execPath, [bin, "migrate", "--config", file]);
  await new Promise((resolve) => migrated.once("close", resolve));
  const child = start(process.execPath, [bin, "--config", file, "--box", "box1"]);
  t.teardown(() => end(child, "SIGKILL"));
  const ask = () => fetch(`http://127.0.0.1:${port}/?token=${SECRET}`).catch(() => undefined);
  await eventually("an answer", async () => (await ask())?.status === 500);
  await end(child);
  const line =
    child
      .said()
      .split("\n")
      .find((line) => line.includes("request failed")) ?? "{}";
  t.match(JSON.parse(line), {
    msg: "request failed",
    err: { code: "ER_DUP_ENTRY", message: /'\*\*\*' for key/, cause: { message: /a:\*\*\*@db/ } },
    url: "/",
  });
  t.notMatch(line, SECRET);
});
