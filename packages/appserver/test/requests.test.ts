// Tests the requests that an application sees, with all kinds of heads.
import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import t from "tap";
import type { Application } from "../src/index.ts";
import { startHost } from "./support/host.ts";

const application: Application = {
  migrations: () => ({}),
  async app(app) {
    app.get("/address", async ({ ip }) => ip);
    app.get("/scheme", async ({ protocol }) => protocol);
    app.get("/fields", async ({ raw }) => `${raw.rawHeaders.length / 2}`);
  },
};
const folder = t.testdir();

async function get(url: string, headers: Record<string, string | string[]> = {}) {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const asked = request(url, { headers, agent: false }, (answer) => resolve(text(answer)));
  asked.on("error", reject).end();
  return await promise;
}

t.test("request.ip is the client's address, whatever X-Forwarded-For says", async (t) => {
  const trustProxy = ["127.0.0.1", "10.0.0.0/8"];
  const appserver = { trustProxy, database: { url: `sqlite:${folder}/address.db` } };
  const host = await startHost({ application, folder, appserver });
  t.teardown(() => host.stop());
  const cases: Readonly<Record<string, string>> = {
    "203.0.113.7:4711": "203.0.113.7",
    "198.51.100.1, 203.0.113.7, 10.0.0.2": "203.0.113.7",
    "[2001:DB8::7]:4711": "2001:db8::7",
    "::ffff:203.0.113.7": "203.0.113.7",
    unknown: "127.0.0.1",
    "203.0.113.7, garbage": "127.0.0.1",
  };
  for (const [forwarded, address] of Object.entries(cases)) {
    t.equal(await get(`${host.url}/address`, { "x-forwarded-for": forwarded }), address, forwarded);
  }
  const lines = { "x-forwarded-for": ["198.51.100.1", "203.0.113.7"] };
  t.equal(await get(`${host.url}/address`, lines), "203.0.113.7", "two lines");
  t.equal(await get(`${host.url}/address`), "127.0.0.1");
});

t.test("request.protocol is http or https, whatever X-Forwarded-Proto says", async (t) => {
  const appserver = { trustProxy: ["127.0.0.1"], database: { url: `sqlite:${folder}/scheme.db` } };
  const host = await startHost({ application, folder, appserver });
  t.teardown(() => host.stop());
  const cases: Readonly<Record<string, string>> = {
    https: "https",
    "http, HTTPS": "https",
    wss: "https",
    javascript: "http",
    "https, javascript": "http",
    "": "http",
  };
  for (const [forwarded, scheme] of Object.entries(cases))
    t.equal(await get(`${host.url}/scheme`, { "x-forwarded-proto": forwarded }), scheme, forwarded);
});

t.test(
  "without trusted proxies request.ip is the peer's address, and never begins with ::ffff:",
  async (t) => {
    const database = { url: `sqlite:${folder}/untrusted.db` };
    const appserver = { bind: "*:0", trustProxy: [], database };
    const host = await startHost({ application, folder, appserver });
    t.teardown(() => host.stop());
    const url = `http://127.0.0.1:${new URL(host.url).port}/address`;
    t.equal(await get(url, { "x-forwarded-for": "203.0.113.7" }), "127.0.0.1");
  },
);

t.test("of several request ids the last one counts, which the nearest tier added", async (t) => {
  const appserver = { database: { url: `sqlite:${folder}/ids.db` } };
  const host = await startHost({ application, folder, appserver });
  t.teardown(() => host.stop());
  await get(`${host.url}/address`, { "x-request-id": ["claimed", "given"] });
  await host.stop();
  t.match(host.accessLines[0], / given \d/);
});

/** Returns a GET of /fields whose head has exactly `bytes` bytes and `fields` fields. */
function headOf(bytes: number, fields: number): string {
  const lines = ["GET /fields HTTP/1.1", "Host: a", "Connection: close"];
  for (let i = lines.length; i < fields; i++) lines.push(`X-${i}: 1`);
  const rest = bytes - `${lines.join("\r\n")}\r\nX-Last: \r\n\r\n`.length;
  return `${[...lines, `X-Last: ${"a".repeat(rest)}`].join("\r\n")}\r\n\r\n`;
}

async function talk(url: string, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.write(bytes);
  return await text(socket);
}

t.test(
  "a head may be as large as the other tiers accept, plus the fields that they add",
  async (t) => {
    const appserver = { database: { url: `sqlite:${folder}/heads.db` } };
    const host = await startHost({ application, folder, appserver });
    t.teardown(() => host.stop());
    const added = { bytes: 8192, fields: 16 };
    t.match(await talk(host.url, headOf(32_768 + added.bytes - 100, 128 + added.fields)), /144$/);
    for (const head of [
      headOf(32_768 + added.bytes + 100, 20),
      headOf(9_000, 129 + added.fields),
    ]) {
      const answer = await talk(host.url, head);
      t.match(
        answer,
        /^HTTP\/1\.1 431 .*\r\nDate: \w{3}, [^\r]+ GMT\r\n[\s\S]*Connection: close\r\n/,
      );
    }
    t.match(await talk(host.url, "SSH-2.0-x\r\n\r\n"), /^HTTP\/1\.1 400 [\s\S]*\nDate: /);
  },
);

t.test("a client that continues to send after a refusal gets one answer", async (t) => {
  const appserver = { limits: { head: "1KiB" }, database: { url: `sqlite:${folder}/small.db` } };
  const host = await startHost({ application, folder, appserver });
  t.teardown(() => host.stop());
  const socket = connect(Number(new URL(host.url).port), "127.0.0.1");
  socket.write(headOf(6_000, 5));
  await once(socket, "readable");
  socket.write("more\r\n\r\n");
  t.equal((await text(socket)).match(/HTTP\/1\.1/g)?.length, 1);
});
