// Servers whose address is a host name: what happens when the name gets another IP address, has several addresses, or
// cannot be resolved.
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import t from "tap";
import { get, givenBalancer, rawClient, statusOf, until } from "./given.ts";

/**
 * Starts servers on 127.0.0.1, 127.0.0.2 and so on (Linux has all of these addresses). Each server answers with its
 * address.
 */
async function givenServers(
  count: number,
): Promise<{ readonly port: number; readonly servers: Server[] }> {
  const servers: Server[] = [];
  let port = 0;
  for (let index = 1; index <= count; index++) {
    const server = createServer((request, response) => response.end(request.socket.localAddress));
    server.keepAliveTimeout = 60_000;
    await once(server.listen(port, `127.0.1.${index}`), "listening");
    port = (server.address() as AddressInfo).port;
    servers.push(server);
    t.teardown(() => {
      server.close();
      server.closeAllConnections();
    });
  }
  return { port, servers };
}

/** Returns a DNS resolver whose answers the test sets. Every answer has a time to live of 0. */
function givenNames() {
  const known = new Map<string, readonly string[]>();
  let asked = 0;
  return {
    known,
    get asked() {
      return asked;
    },
    lookups: {
      addressesOf: async (name: string) => {
        asked += 1;
        const found = known.get(name);
        if (found === undefined) throw Object.assign(new Error("away"), { code: "EAI_AGAIN" });
        return found;
      },
      ttlMsOf: async () => 0,
    },
  };
}

const body = (answer: string): string => answer.slice(answer.indexOf("\r\n\r\n") + 4);

async function before(port: number, names: ReturnType<typeof givenNames>, threads = 1) {
  const servers = { s1: { address: `app.test:${port}` } };
  const check = { interval: "100ms", timeout: "5s", rise: 1, fall: 2 };
  const timeouts = { idle: "1m" };
  return await givenBalancer([], { servers, check, timeouts }, {}, threads, names.lookups);
}

for (const threads of [1, 2]) {
  t.test(
    `${threads} threads: when a name gets another address, kept connections are replaced too`,
    async (t) => {
      const { port, servers } = await givenServers(2);
      const names = givenNames();
      names.known.set("app.test", ["127.0.1.1"]);
      await using balancer = await before(port, names, threads);
      using client = await rawClient(balancer.port);
      const ask = async (times: number): Promise<string> => {
        client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        return await client.received(new RegExp(`(127\\.[\\s\\S]*){${times}}`));
      };
      t.match(await ask(1), /127\.0\.1\.1$/);
      names.known.delete("app.test");
      const { asked } = names;
      await until(() => names.asked >= asked + 2);
      t.match(
        await ask(2),
        /127\.0\.1\.1$/,
        "the name cannot be resolved, so the last address is kept",
      );
      t.equal(
        balancer.plane.status().backends[0]?.servers[0]?.state,
        "up",
        "the checks use it too",
      );
      names.known.set("app.test", ["127.0.1.2"]);
      await until(async () => body(await get(balancer.port)) === "127.0.1.2");
      t.match(
        await ask(3),
        /127\.0\.1\.2$/,
        "the client's connection is the same, the one to the server is new",
      );
      const open = () => new Promise((resolve) => servers[0]?.getConnections((_, n) => resolve(n)));
      await until(async () => (await open()) === 0);
    },
  );
}

t.test("several addresses are one server; an address that refuses is skipped", async (t) => {
  const { port } = await givenServers(2);
  const names = givenNames();
  names.known.set("app.test", ["127.0.1.1", "127.0.1.2", "127.0.1.3"]);
  await using balancer = await before(port, names);
  for (let i = 0; i < 3; i++) t.match(body(await get(balancer.port)), /^127\.0\.1\.[12]$/);
  const { state, connectErrors } = balancer.plane.status().backends[0]?.servers[0] ?? {};
  t.same([state, connectErrors], ["up", 0]);
});

t.test("an unknown name at the start: down and reported; up when it is known", async (t) => {
  const { port } = await givenServers(1);
  const names = givenNames();
  await using balancer = await before(port, names);
  t.equal(statusOf(await get(balancer.port)), 503);
  const server = () => balancer.plane.status().backends[0]?.servers[0];
  t.match(server(), {
    state: "down",
    check: { status: "L4CON", why: /no address of app\.test is known/ },
  });
  names.known.set("app.test", ["127.0.1.1"]);
  await until(() => server()?.state === "up");
  t.equal(body(await get(balancer.port)), "127.0.1.1");
});
