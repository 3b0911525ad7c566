// PROXY headers to servers of HTTP: what they say, which requests share a connection, and when it is closed.
import { once } from "node:events";
import http2 from "node:http2";
import t from "tap";
import { get, givenBalancer, givenOrigin, rawClient, statusOf, until } from "./given.ts";
import { givenAnnouncedOrigin, givenAnnouncedServer, opened } from "./given-announced.ts";
import { givenReloadable, section } from "./given-reloadable.ts";

const GET = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";
/** Servers are checked once, and each connection stays open for as long as a test needs. */
const KEPT = { timeouts: { idle: "1h" } } as const;

const givenTeller = (name: string) =>
  givenAnnouncedOrigin((_request, response) => void response.end(name));

/** Sends a GET and waits for the answer with `body`, the `count`th on this connection. */
async function asked(client: Awaited<ReturnType<typeof rawClient>>, body: string, count = 1) {
  client.send(GET);
  return client.received(new RegExp(`(${body}.*){${count}}$`, "s"));
}

for (const version of ["v1", "v2"] as const)
  t.test(`${version} names the client; its requests share a connection`, async (t) => {
    await using origin = await givenTeller("one");
    await using balancer = await givenBalancer([origin.port], { ...KEPT, sendProxy: version });
    using first = await rawClient(balancer.port);
    using second = await rawClient(balancer.port);
    const told = ({ socket }: typeof first) =>
      version === "v1"
        ? `PROXY TCP4 127.0.0.1 127.0.0.1 ${socket.localPort} ${balancer.port}`
        : `127.0.0.1:${socket.localPort} 127.0.0.1:${balancer.port}`;
    await asked(first, "one");
    await asked(first, "one", 2);
    t.same(origin.ofClients, [told(first)]);
    await asked(second, "one");
    t.same(origin.ofClients, [told(first), told(second)], "never on another client's connection");
    await asked(first, "one", 3);
    t.equal(origin.ofClients.length, 2);
    t.match(origin.headers[0], { text: version === "v1" ? "PROXY UNKNOWN" : "LOCAL" }, "a check");
    const status = balancer.plane.status().backends[0]?.servers[0];
    t.match(status, { check: { status: "L7OK" } });
    first.socket.destroy();
    await opened(origin, 1);
    second.socket.destroy();
    await opened(origin, 0);
    t.same(origin.strangers, []);
  });

t.test("idle connections of all clients count towards maxIdle together", async (t) => {
  await using origin = await givenTeller("one");
  const backend = { ...KEPT, sendProxy: "v2", maxIdle: 2 } as const;
  await using balancer = await givenBalancer([origin.port], backend);
  const clients = await Promise.all([1, 2, 3, 4].map(() => rawClient(balancer.port)));
  for (const client of clients) await asked(client, "one");
  t.equal(origin.ofClients.length, 4);
  await opened(origin, 2);
  for (const client of clients) client.socket.destroy();
  await opened(origin, 0);
});

t.test("requests of an HTTP/2 client at the same time: more connections, one header", async (t) => {
  await using origin = await givenTeller("one");
  const backend = { ...KEPT, sendProxy: "v1" } as const;
  await using balancer = await givenBalancer([origin.port], backend, { proto: "h2" });
  const session = http2.connect(`http://127.0.0.1:${balancer.port}`);
  await once(session, "connect");
  const ask = async () => {
    const stream = session.request({ ":path": "/" });
    let body = "";
    for await (const chunk of stream) body += chunk;
    return body;
  };
  t.same(await Promise.all([ask(), ask(), ask()]), ["one", "one", "one"]);
  t.equal(new Set(origin.ofClients).size, 1);
  const before = origin.ofClients.length;
  t.equal(await ask(), "one");
  t.equal(origin.ofClients.length, before, "idle connections of the client are used again");
  const closed = once(session, "close");
  session.close();
  await closed;
  await opened(origin, 0);
});

t.test("HTTP/2 to the servers: one connection for each client", async (t) => {
  const http = http2.createServer((request, response) => {
    if (request.url === "/healthz") response.end("ok");
    else response.end("one");
  });
  await using origin = await givenAnnouncedServer((socket) => {
    http.emit("connection", socket);
  });
  const backend = { ...KEPT, sendProxy: "v2", proto: "h2" } as const;
  await using balancer = await givenBalancer([origin.port], backend);
  const clients = await Promise.all([1, 2].map(() => rawClient(balancer.port)));
  for (const client of clients) {
    await asked(client, "one");
    await asked(client, "one", 2);
  }
  t.same(
    origin.ofClients.map((text) => text.split(" ")[0]),
    clients.map(({ socket }) => `127.0.0.1:${socket.localPort}`),
  );
  t.equal(origin.headers[0]?.text, "LOCAL", "the check");
  for (const { socket } of clients) socket.destroy();
  await opened(origin, 0);
});

t.test("another attempt at another server, and a hedge, say the same", async (t) => {
  await using dying = await givenAnnouncedServer((socket, { text }) => {
    if (text === "LOCAL") socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    else socket.destroy();
  });
  await using silent = await givenAnnouncedOrigin(() => undefined);
  await using well = await givenTeller("well");
  const backend = { ...KEPT, sendProxy: "v2", balance: { algorithm: "first" } } as const;
  for (const [ports, asks] of [
    [[dying.port, well.port], dying],
    [[silent.port, well.port], silent],
  ] as const) {
    const hedge = asks === silent ? { hedge: { after: "1ms" } } : {};
    await using balancer = await givenBalancer(ports, { ...backend, ...hedge });
    using client = await rawClient(balancer.port);
    await asked(client, "well");
    t.equal(asks.ofClients.at(-1), well.ofClients.at(-1));
    t.match(well.ofClients.at(-1), `127.0.0.1:${client.socket.localPort} `);
  }
});

t.test("an upgraded connection begins with the header", async (t) => {
  await using origin = await givenAnnouncedServer((socket, { text }) => {
    const answer = text === "LOCAL" ? "200 OK" : "101 Switching Protocols";
    const fields =
      text === "LOCAL" ? "Content-Length: 0" : "Connection: upgrade\r\nUpgrade: websocket";
    socket.once("data", () => {
      socket.write(`HTTP/1.1 ${answer}\r\n${fields}\r\n\r\n`);
      socket.pipe(socket);
    });
    socket.resume();
  });
  await using balancer = await givenBalancer([origin.port], { sendProxy: "v2" });
  using client = await rawClient(balancer.port);
  client.send(GET.replace("\r\n\r\n", "\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"));
  await client.received(/101 /);
  client.send("hello");
  await client.received(/hello$/);
  t.match(origin.ofClients, [new RegExp(`^127.0.0.1:${client.socket.localPort} `)]);
});

t.test("a probe for the server's load, and a check that only connects", async (t) => {
  await using origin = await givenTeller("one");
  const backend = { sendProxy: "v2", balance: { algorithm: "prequal" }, check: "tcp" } as const;
  await using balancer = await givenBalancer([origin.port], backend);
  t.match(balancer.plane.status().backends[0]?.servers[0], { check: { status: "L4OK" } });
  t.equal(statusOf(await get(balancer.port)), 200);
  await until(() => origin.headers.filter(({ text }) => text === "LOCAL").length > 1);
  t.same(origin.strangers, []);
});

t.test("a server that does not expect a header answers none", async (t) => {
  await using origin = await givenOrigin((_request, response) => void response.end());
  const backend = { sendProxy: "v1", check: false } as const;
  await using balancer = await givenBalancer([origin.port], backend);
  const answer = await get(balancer.port);
  t.equal(statusOf(answer), 400, "Node's own answer to the first line");
  t.equal(origin.requests.length, 0);
});

t.test("a reload begins, changes and ends it", async (t) => {
  await using announced = await givenTeller("announced");
  await using plain = await givenOrigin((_request, response) => void response.end("plain"));
  const at = (port: number, sendProxy?: "v1" | "v2") =>
    section({ one: port }, { ...KEPT, ...(sendProxy && { sendProxy }) });
  await using balancer = await givenReloadable(at(plain.port));
  const { front = 0 } = balancer.plane.ports;
  using client = await rawClient(front);
  const bind = `127.0.0.1:${front}`;
  const within = (whole: ReturnType<typeof at>) => ({
    ...whole,
    frontends: { front: { bind, routes: [{ backend: "web" }] } },
  });
  await asked(client, "plain");
  t.match(await balancer.reload(within(at(announced.port, "v1"))), { ok: true });
  using again = await rawClient(front);
  await asked(again, "announced");
  t.match(announced.ofClients.at(-1), /^PROXY TCP4 /);
  t.match(await balancer.reload(within(at(announced.port, "v2"))), { ok: true });
  await asked(again, "announced", 2);
  t.match(announced.ofClients.at(-1), /^127/);
  await opened(announced, 1);
  t.match(await balancer.reload(within(at(plain.port))), { ok: true });
  await asked(again, "plain");
  await opened(announced, 0);
});

t.test("many clients come and go: no connection is left", async (t) => {
  await using origin = await givenTeller("one");
  await using balancer = await givenBalancer([origin.port], { ...KEPT, sendProxy: "v2" });
  for (let round = 0; round < 5; round++) {
    const clients = await Promise.all(Array.from({ length: 20 }, () => rawClient(balancer.port)));
    for (const { socket } of clients) socket.write(GET.repeat(3));
    await Promise.all(clients.map((client) => client.received(/one/)));
    for (const { socket } of clients) socket.destroy();
  }
  await opened(origin, 0);
  t.equal(origin.ofClients.length, 100);
});
