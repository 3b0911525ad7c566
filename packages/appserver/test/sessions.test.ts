// Tests sessions over real sockets, stored in the database and in Redis: the answers that a visitor gets, also while
// the store is stopped or frozen, or is reached by TLS with a password.
import { readFileSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import t, { type Test } from "tap";
import type { Application } from "../src/index.ts";
import { redisRecords } from "../src/sessions/redis-store.ts";
import { issue } from "./support/certificates.ts";
import { eventually, type Host, type RedisServer, startHost, startRedis } from "./support/index.ts";
import { remembering, silent } from "./support/logger.ts";
import { recordsContract } from "./support/records.ts";

declare module "fastify" {
  interface Session {
    user?: string;
    basket?: string;
  }
}

/** An application that shows the logged-in user, logs users in and out, and stores a note for a logged-in user. */
const application: Application = {
  migrations: () => ({}),
  async app(app, context) {
    await app.register(context.sessions);
    app.get("/whoami", async ({ session }) => session.user ?? "nobody");
    app.get("/login", async ({ session }) => {
      await session.regenerate();
      session.user = "ann";
      return "in";
    });
    app.get("/logout", async ({ session }) => {
      await session.destroy();
      return "out";
    });
    app.post("/note", async ({ session }, reply) =>
      session.user === undefined ? reply.redirect("/login", 303) : "noted",
    );
    app.get("/fill", async ({ session }) => {
      session.basket = "x".repeat(70_000);
      return "full";
    });
    app.post("/open", async () => "open to all");
  },
};

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
}

function ask(url: string, cookie = "", method = "GET", protocol = "https"): Promise<Answer> {
  const headers = { "x-forwarded-proto": protocol, cookie };
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers }, (response) => {
      let body = "";
      response.on("data", (chunk) => {
        body += chunk;
      });
      const { statusCode: status = 0, headers } = response;
      response.on("end", () => resolve({ status, headers, body }));
    });
    request.on("error", reject).end();
  });
}

const folder = t.testdir();
const cookieOf = (answer: Answer): string => `${answer.headers["set-cookie"]}`.split(";")[0] ?? "";

async function host(
  t: Test,
  name: string,
  redis?: RedisServer | { readonly url: string },
  more: object = {},
): Promise<Host> {
  const sessions = redis && ({ store: "redis", redis: { url: redis.url, ...more } } as const);
  const database = { url: `sqlite:${join(folder, name)}.db` };
  const appserver = { database, ...(sessions && { sessions }) };
  const started = await startHost({ application, folder, appserver });
  t.teardown(() => started.stop());
  await eventually("the store", async () => (await ask(`${started.url}/login`)).status === 200);
  return started;
}

for (const store of ["database", "redis"] as const) {
  t.test(`in the ${store}: only over https, never fixed, ended by a log-out`, async (t) => {
    const redis = store === "redis" ? await startRedis() : undefined;
    if (redis !== undefined) t.teardown(() => redis.stop());
    const { url } = await host(t, store, redis);
    t.equal((await ask(`${url}/whoami`)).headers["set-cookie"], undefined);
    const plain = await ask(`${url}/login`, "", "GET", "http");
    t.match([plain.status, plain.headers["set-cookie"]], [200, undefined]);
    const login = await ask(`${url}/login`);
    const line = `${login.headers["set-cookie"]}`;
    t.match(line, /^__Host-session=\S+; Max-Age=77\d{5};/);
    for (const attribute of ["Path=/", "HttpOnly", "Secure", "SameSite=Lax"])
      t.match(line, attribute);
    const cookie = cookieOf(login);
    t.equal((await ask(`${url}/whoami`, cookie)).body, "ann");
    t.equal((await ask(`${url}/whoami`, cookie)).headers["set-cookie"], undefined, "sent once");
    const again = cookieOf(await ask(`${url}/login`, cookie));
    t.not(again, cookie, "a log-in makes a new session");
    t.equal((await ask(`${url}/whoami`, cookie)).body, "nobody", "and ends the old session");
    t.equal((await ask(`${url}/whoami`, `${again}x`)).body, "nobody");
    t.equal((await ask(`${url}/note`, again, "POST")).body, "noted");
    if (store === "database") {
      const id = decodeURIComponent(again.split("=")[1] ?? "").split(".")[0] ?? "";
      const file = join(folder, "database.db");
      const kept = `${readFileSync(file, "latin1")}${readFileSync(`${file}-wal`, "latin1")}`;
      t.ok(id.length > 20 && !kept.includes(id), "the database never gets the id");
    }
    const full = await ask(`${url}/fill`, again);
    t.equal(full.status, 500, "too large");
    t.equal((await ask(`${url}/whoami`, again)).body, "ann", "the stored fields stay");
    const out = await ask(`${url}/logout`, again);
    t.match(`${out.headers["set-cookie"]}`, /^__Host-session=; Max-Age=0/);
    t.equal((await ask(`${url}/whoami`, again)).body, "nobody");
  });
}

for (const [how, begin, end] of [
  ["stopped", (redis: RedisServer) => redis.stop(), (redis: RedisServer) => redis.start()],
  ["frozen", (redis: RedisServer) => redis.freeze(), (redis: RedisServer) => redis.thaw()],
] as const)
  t.test(
    `Redis ${how}: requests that read are served as not logged in, requests that write get 503`,
    async (t) => {
      const redis = await startRedis();
      t.teardown(() => redis.stop());
      t.teardown(() => redis.thaw());
      const { url, logged } = await host(t, how, redis);
      const cookie = cookieOf(await ask(`${url}/login`));
      const before = logged.length;
      await begin(redis);
      for (let i = 0; i < 3; i++) {
        const read = await ask(`${url}/whoami`, cookie);
        t.match([read.status, read.body], [200, "nobody"]);
        t.equal(read.headers["set-cookie"], undefined, "the cookie outlives the outage");
        t.equal((await ask(`${url}/note`, cookie, "POST")).status, 503);
      }
      t.equal((await ask(`${url}/note`, "", "POST")).status, 303, "a stranger is a stranger");
      t.equal(
        (await ask(`${url}/open`, cookie, "POST")).body,
        "open to all",
        "while no request asks",
      );
      for (const path of ["/login", "/logout", "/fill"])
        t.equal((await ask(url + path, cookie)).status, 503, path);
      const away = logged.slice(before).filter((line) => line.startsWith("session store away"));
      t.equal(away.length, 1, "said once");
      await end(redis);
      const known = how === "frozen" ? "ann" : "nobody";
      const back = async () => (await ask(`${url}/note`, cookie, "POST")).status !== 503;
      await eventually("the store", back);
      t.equal((await ask(`${url}/whoami`, cookie)).body, known);
      t.match(logged.join(), /session store is back/);
    },
  );

t.test(
  "a connection to Redis that does not answer is closed, and a new one is tried",
  async (t) => {
    const sockets: Socket[] = [];
    const silence = createServer((socket) => void sockets.push(socket.resume()));
    await new Promise<void>((resolve) => silence.listen(0, "127.0.0.1", resolve));
    t.teardown(() => silence.close());
    const { port } = silence.address() as { port: number };
    const records = redisRecords({ url: `redis://127.0.0.1:${port}` }, silent);
    t.teardown(() => records.close());
    await eventually("a third connection", async () => sockets.length >= 3);
    t.ok(sockets[0]?.destroyed || sockets[0]?.readableEnded, "the first has ended");
  },
);

t.test("redis: session records", async (t) => {
  const redis = await startRedis();
  t.teardown(() => redis.stop());
  const records = redisRecords({ url: redis.url }, silent);
  t.teardown(() => records.close());
  await t.rejects(records.read("k", 0), "fails at once instead of waiting for the connection");
  const answers = () =>
    records
      .read("k", 0)
      .then(() => true)
      .catch(() => false);
  await eventually("Redis", answers);
  await recordsContract(t, records, { purges: false });
});

t.test(
  "Redis by TLS with a password from a file; a wrong password is reported, and not shown",
  async (t) => {
    const tls = issue(folder, "redis");
    const redis = await startRedis({ password: "hunter2", tls });
    t.teardown(() => redis.stop());
    const urlFile = join(folder, "redis.url");
    writeFileSync(urlFile, `${redis.url}\n`);
    const records = redisRecords({ urlFile, ...tls }, silent);
    t.teardown(() => records.close());
    const answers = () =>
      records
        .read("k", 0)
        .then(() => true)
        .catch(() => false);
    await eventually("Redis", answers);
    const { logger, lines } = remembering();
    const wrong = { url: redis.url.replace("hunter2", "hunter3"), ...tls };
    const stranger = { url: redis.url };
    for (const config of [wrong, stranger]) {
      const records = redisRecords(config, logger);
      t.teardown(() => records.close());
    }
    await eventually(
      "the reasons",
      async () => /WRONGPASS/.test(`${lines}`) && /certificate/.test(`${lines}`),
    );
    t.notMatch(`${lines}`, /hunter/);
    for (const [text, expected] of [
      ["http://cache", /urlFile: .*redis\.url holds no Redis URL; expected "redis:/],
      [undefined, /urlFile: cannot read .* \(ENOENT\)/],
    ] as const) {
      if (text !== undefined) writeFileSync(urlFile, text);
      const file = text === undefined ? join(folder, "none") : urlFile;
      t.throws(() => redisRecords({ urlFile: file }, silent), expected);
    }
  },
);
