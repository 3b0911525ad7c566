// Logins that hold for a whole connection (NTLM), through balancer and webserver. After a login,
// the balancer's connection to the webserver and the webserver's connection to the application must
// be used only for the client that logged in.
import { once } from "node:events";
import { Agent, createServer, request } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { text } from "node:stream/consumers";
import { createBalancer } from "@tandem/balancer";
import { openUpstream } from "@tandem/balancer/backend";
import { parseConfig } from "@tandem/config";
import { Deadlines, systemClock } from "@tandem/transport";
import t, { type Test } from "tap";
import { start, until } from "./support.ts";

/**
 * Starts an application that assumes that all later requests on a connection come from the user who logged in on that
 * connection.
 */
async function application(t: Test) {
  const users = new Map<Socket, string>();
  const challenged = new WeakSet<Socket>();
  const server = createServer(({ socket, headers }, response) => {
    const [, token] = /^NTLM (.*)/.exec(headers.authorization ?? "") ?? [];
    if (token !== undefined && challenged.has(socket)) users.set(socket, token);
    const user = users.get(socket);
    if (user === undefined) response.writeHead(401, { "www-authenticate": "NTLM" });
    if (token === "hello") challenged.add(socket);
    response.end(user ?? "anonymous");
  });
  server.on("connection", (socket) => socket.on("close", () => users.delete(socket)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, users };
}

/**
 * Starts a balancer in front of a webserver, which forwards to the application on `port`. Returns the balancer's port.
 */
async function bothTiers(t: Test, port: number): Promise<number> {
  const webserver = { upstream: { servers: { box1: { address: `127.0.0.1:${port}` } } } };
  const config = parseConfig(JSON.stringify({ site: "test", webserver }), "test.yaml", {});
  const section = config.webserver?.upstream;
  if (section === undefined) throw new Error("the configuration has no upstream");
  const deadlines = new Deadlines(systemClock);
  t.teardown(() => deadlines.stop());
  const { logger } = (await start(t, {})).telemetry;
  const environment = { box: "box1", clock: systemClock, deadlines, logger };
  const web = await start(t, { trustedProxies: [] }, openUpstream("app", section, environment));
  const balancer = createBalancer({
    frontends: { front: { bind: "127.0.0.1:0", routes: [{ backend: "web" }] } },
    backends: { web: { servers: { box1: { address: `127.0.0.1:${web.port}` } } } },
  });
  await balancer.start();
  t.teardown(() => balancer.close());
  return balancer.port();
}

function visitor(port: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = async (authorization?: string): Promise<string> => {
    const headers = authorization === undefined ? {} : { authorization };
    const outgoing = request({ port, host: "127.0.0.1", agent, headers }).end();
    const [answer] = await once(outgoing, "response");
    return await text(answer);
  };
  return { ask, [Symbol.dispose]: () => agent.destroy() };
}

t.test("each user gets their own page through both tiers", async (t) => {
  const app = await application(t);
  const port = await bothTiers(t, app.port);
  using bob = visitor(port);
  t.equal(await bob.ask(), "anonymous");
  {
    using alice = visitor(port);
    using carol = visitor(port);
    for (const [name, one] of [
      ["alice", alice],
      ["carol", carol],
    ] as const) {
      await one.ask();
      await one.ask("NTLM hello");
      t.equal(await one.ask(`NTLM ${name}`), name);
    }
    for (let round = 0; round < 20; round++) {
      using stranger = visitor(port);
      const seen = [alice.ask(), bob.ask(), carol.ask(), stranger.ask()];
      t.same(await Promise.all(seen), ["alice", "anonymous", "carol", "anonymous"]);
    }
    t.equal(app.users.size, 2);
  }
  await until(
    "the connections to the application end with those of the clients",
    () => app.users.size === 0,
  );
  t.equal(await bob.ask(), "anonymous");
});
