// What an application is told of a request, whatever stands in its head.
import { request } from "node:http";
import { text } from "node:stream/consumers";
import t from "tap";
import type { Application } from "../src/index.ts";
import { startHost } from "./support/host.ts";

const application: Application = {
  migrations: () => ({}),
  async app(app) {
    app.get("/address", async ({ ip }) => ip);
  },
};
const folder = t.testdir();

async function get(url: string, headers: Record<string, string | string[]> = {}) {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const asked = request(url, { headers, agent: false }, (answer) => resolve(text(answer)));
  asked.on("error", reject).end();
  return await promise;
}

t.test("request.ip is the client's address, whatever stands in X-Forwarded-For", async (t) => {
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

t.test("request.ip is the peer when nobody is trusted, and never ::ffff:", async (t) => {
  const database = { url: `sqlite:${folder}/untrusted.db` };
  const appserver = { bind: "*:0", trustProxy: [], database };
  const host = await startHost({ application, folder, appserver });
  t.teardown(() => host.stop());
  const url = `http://127.0.0.1:${new URL(host.url).port}/address`;
  t.equal(await get(url, { "x-forwarded-for": "203.0.113.7" }), "127.0.0.1");
});

t.test("of several request ids the last counts: the nearest tier's", async (t) => {
  const appserver = { database: { url: `sqlite:${folder}/ids.db` } };
  const host = await startHost({ application, folder, appserver });
  t.teardown(() => host.stop());
  await get(`${host.url}/address`, { "x-request-id": ["claimed", "given"] });
  await host.stop();
  t.match(host.accessLines[0], / given \d/);
});
