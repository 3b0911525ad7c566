// A login that holds for a whole connection to a server (NTLM, Negotiate) makes that connection private: the
// connection carries the requests of that client, and no requests of other clients.
import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { createBalancer } from "../src/index.ts";
import {
  get,
  givenBalancer,
  givenOrigin,
  type RunningBalancer,
  rawClient,
  until,
} from "./given.ts";
import { givenCertificates, givenTlsOrigin } from "./given-certificates.ts";
import { givenLogins, type Logins, type Visitor, visitor } from "./given-logins.ts";
import { givenReloadable, section } from "./given-reloadable.ts";

const numberIn = (answer: string): string => answer.split(" ")[1] ?? "";

const server = (balancer: RunningBalancer, index = 0) =>
  balancer.plane.status().backends[0]?.servers[index];

/** Returns a promise, and the function `open` that resolves the promise. */
function gate(): { readonly opened: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

/**
 * Sends requests in turn: of two users who have logged in, and of visitors without a login. Returns the
 * answers that reached the wrong visitor.
 */
async function mixed(
  alice: Visitor,
  bob: Visitor,
  stranger: Visitor,
  port: number,
  rounds: number,
) {
  const wrong: string[] = [];
  const see = (who: string, expected: string, got: string) => {
    if (got !== expected) wrong.push(`${who}: ${got}, not ${expected}`);
  };
  const first = await alice.logIn("alice");
  const second = await bob.logIn("bob");
  see("alice", `200 ${numberIn(first)} alice`, first);
  see("bob", `200 ${numberIn(second)} bob`, second);
  for (let round = 0; round < rounds; round++) {
    const asked = [
      alice.ask(round % 2 === 0 ? "/page" : "/any"),
      bob.ask("/any", undefined, round % 3 === 0 ? "POST" : "GET"),
      stranger.ask("/any"),
      get(port, "/page"),
    ] as const;
    const [ofAlice, ofBob, ofStranger, ofAnother] = await Promise.all(asked);
    see("alice", first, ofAlice);
    see("bob", second, ofBob);
    if (!/^200 \d+ anonymous$/.test(ofStranger)) wrong.push(`stranger: ${ofStranger}`);
    if (!/^HTTP\/1.1 401 [\s\S]*anonymous$/.test(ofAnother)) wrong.push(`another: ${ofAnother}`);
  }
  return wrong;
}

for (const [threads, rounds] of [
  [1, 200],
  [2, 50],
] as const) {
  t.test(`${threads} threads: each user gets their own page in ${rounds} rounds`, async (t) => {
    const [one, two] = [givenLogins(), givenLogins()];
    await using first = await givenOrigin(one.listener);
    await using second = await givenOrigin(two.listener);
    const balance = { algorithm: "round-robin" } as const;
    const ports = [first.port, second.port];
    await using balancer = await givenBalancer(ports, { balance }, {}, threads);
    using alice = visitor(balancer.port);
    using bob = visitor(balancer.port);
    using stranger = visitor(balancer.port);
    t.same(await mixed(alice, bob, stranger, balancer.port, rounds), []);
  });
}

t.test("the same over TLS on both sides", async (t) => {
  await using certificates = await givenCertificates();
  await using origin = await givenTlsOrigin(certificates, "s1", givenLogins().listener);
  const tls = { certificates: [certificates.site] };
  await using balancer = await givenBalancer(
    [origin.port],
    { tls: certificates.internal },
    { tls },
  );
  using alice = visitor(balancer.port, certificates.authority);
  using bob = visitor(balancer.port, certificates.authority);
  using stranger = visitor(balancer.port, certificates.authority);
  const first = await alice.logIn("alice");
  const second = await bob.logIn("bob");
  for (let round = 0; round < 20; round++) {
    t.equal(await alice.ask("/page"), first);
    t.equal(await bob.ask("/page"), second);
    t.match(await stranger.ask("/any"), /^200 \d+ anonymous$/);
  }
});

t.test("a login without a challenge makes the pooled connection private", async (t) => {
  const { listener, held } = givenLogins();
  await using origin = await givenOrigin(listener);
  await using balancer = await givenBalancer([origin.port]);
  using alice = visitor(balancer.port);
  using bob = visitor(balancer.port);
  t.equal(await bob.ask("/any"), "200 1 anonymous");
  const { opened, open } = gate();
  held.set("/slow", opened);
  const slow = alice.ask("/slow", "Negotiate alice");
  await until(() => origin.requests.length === 2);
  t.equal(await bob.ask("/any"), "200 2 anonymous");
  open();
  t.equal(await slow, "200 1 alice");
  t.equal(await bob.ask("/any"), "200 2 anonymous");
  t.equal(await alice.ask("/page"), "200 1 alice");
  t.equal(await get(balancer.port, "/any").then((text) => text.slice(-11)), "2 anonymous");
});

t.test("two connections of a client have separate logins; pipelined steps have one", async (t) => {
  await using origin = await givenOrigin(givenLogins().listener);
  await using balancer = await givenBalancer([origin.port]);
  using alice = visitor(balancer.port);
  using again = visitor(balancer.port);
  const first = await alice.logIn("alice");
  t.equal(await again.ask("/page").then((text) => text.slice(0, 3)), "401");
  t.not(numberIn(await again.logIn("alice")), numberIn(first));
  using piped = await rawClient(balancer.port);
  const step = (authorization: string) =>
    `GET /page HTTP/1.1\r\nHost: a\r\nAuthorization: ${authorization}\r\n\r\n`;
  piped.send(step("NTLM hello") + step("NTLM carol") + step("NTLM hello"));
  t.match(await piped.received(/401[\s\S]*200[\s\S]*401[\s\S]*carol/), /401[\s\S]*200[\s\S]*carol/);
});

t.test("a login begins again when the server ends the connection between two steps", async (t) => {
  const { listener, sockets } = givenLogins();
  await using origin = await givenOrigin(listener);
  await using balancer = await givenBalancer([origin.port]);
  using alice = visitor(balancer.port);
  t.equal(await alice.ask("/page", "NTLM hello"), "401 1 anonymous");
  sockets[0]?.destroy();
  await until(() => server(balancer)?.idle === 0);
  t.equal(
    await alice.ask("/page", "NTLM alice"),
    "400 2 anonymous",
    "the step fails on a new connection and logs in no other visitor",
  );
  t.equal(await alice.logIn("alice"), "200 2 alice");
  sockets[1]?.destroy();
  await until(() => server(balancer)?.idle === 0);
  t.equal(
    await alice.ask("/any"),
    "200 3 anonymous",
    "a request without a login may use any connection",
  );
  t.match(await get(balancer.port, "/any"), /3 anonymous$/);
});

t.test("when a private connection dies, its request is repeated without the login", async (t) => {
  const { listener } = givenLogins();
  let dies = false;
  await using origin = await givenOrigin((asked, response) => {
    if (dies) asked.socket.destroy();
    else listener(asked, response);
    dies = false;
  });
  await using balancer = await givenBalancer([origin.port]);
  using alice = visitor(balancer.port);
  t.equal(await alice.logIn("alice"), "200 1 alice");
  dies = true;
  t.equal(await alice.ask("/page"), "401 2 anonymous");
  t.equal(
    await alice.logIn("alice"),
    "200 2 alice",
    "the login is completed on the connection of the challenge",
  );
});

t.test("when a client leaves, its private connection is closed, logged in or not", async (t) => {
  const { listener, sockets, held } = givenLogins();
  await using origin = await givenOrigin(listener);
  await using balancer = await givenBalancer([origin.port]);
  const alice = visitor(balancer.port);
  await alice.ask("/page", "NTLM hello");
  await until(() => server(balancer)?.idle === 1);
  alice[Symbol.dispose]();
  await until(() => sockets[0]?.destroyed === true);
  const again = visitor(balancer.port);
  t.equal(await again.logIn("alice"), "200 2 alice");
  const { opened, open } = gate();
  held.set("/slow", opened);
  const cut = again.ask("/slow").catch(() => "cut");
  await until(() => server(balancer)?.current === 1);
  again[Symbol.dispose]();
  t.equal(await cut, "cut");
  open(); // lets the server answer; the balancer notices only then that the client's half-closed connection has ended
  await until(() => sockets[1]?.destroyed === true);
  await until(() => server(balancer)?.idle === 0 && server(balancer)?.current === 0);
});

t.test("when its server is taken out, a client logs in at another and stays there", async (t) => {
  const logins = [givenLogins(), givenLogins()] as const;
  await using first = await givenOrigin(logins[0].listener);
  await using second = await givenOrigin(logins[1].listener);
  const address = (port: number) => ({ address: `127.0.0.1:${port}` });
  const balancer = createBalancer({
    frontends: { front: { bind: "127.0.0.1:0", routes: [{ backend: "app" }] } },
    backends: {
      app: {
        servers: { a: address(first.port), b: address(second.port) },
        balance: { algorithm: "first" },
      },
    },
  });
  await balancer.start();
  t.teardown(() => balancer.close());
  using alice = visitor(balancer.port());
  t.equal(await alice.logIn("alice"), "200 1 alice");
  balancer.setServer("app", "a", { state: "maint" });
  t.equal(await alice.ask("/page"), "401 1 anonymous");
  t.equal(await alice.logIn("alice"), "200 1 alice");
  await until(() => logins[0].sockets[0]?.destroyed === true);
  balancer.setServer("app", "a", { state: "ready" });
  t.equal(
    await alice.ask("/page"),
    "200 1 alice",
    "although the algorithm would choose another server",
  );
  t.equal(second.requests.length, 5);
});

t.test("a private connection survives a reload if its server stays", async (t) => {
  const logins: readonly Logins[] = [givenLogins(), givenLogins()];
  await using first = await givenOrigin((logins[0] as Logins).listener);
  await using second = await givenOrigin((logins[1] as Logins).listener);
  const both = { s1: first.port, s2: second.port };
  const balance = { algorithm: "first" } as const;
  await using balancer = await givenReloadable(section(both, { balance }));
  using alice = visitor(balancer.plane.ports.front ?? 0);
  t.equal(await alice.logIn("alice"), "200 1 alice");
  await balancer.reload(section(both, { balance, retries: 0 }));
  t.equal(await alice.ask("/page"), "200 1 alice");
  await balancer.reload(section({ s2: second.port }, { balance }));
  await until(() => logins[0]?.sockets[0]?.destroyed === true);
  t.equal(await alice.ask("/page"), "401 1 anonymous");
  t.equal(await alice.logIn("alice"), "200 1 alice");
});

t.test("maxConnections 1: an idle private connection does not take the place", async (t) => {
  const { listener, held } = givenLogins();
  await using origin = await givenOrigin(listener);
  const servers = { s1: { address: `127.0.0.1:${origin.port}`, maxConnections: 1 } };
  await using balancer = await givenBalancer([], { servers });
  using alice = visitor(balancer.port);
  using bob = visitor(balancer.port);
  t.equal(await alice.logIn("alice"), "200 1 alice");
  t.equal(await bob.ask("/any"), "200 2 anonymous");
  const { opened, open } = gate();
  held.set("/slow", opened);
  const slow = bob.ask("/slow");
  await until(() => origin.requests.some(({ url }) => url === "/slow"));
  const waits = alice.ask("/page");
  await until(() => balancer.plane.status().backends[0]?.queued === 1);
  open();
  t.equal(await slow, "200 2 anonymous");
  t.equal(await waits, "200 1 alice");
  t.equal(await bob.ask("/any"), "200 2 anonymous");
});

t.test("a request for a full private server waits and blocks no other requests", async (t) => {
  const logins = [givenLogins(), givenLogins()] as const;
  await using first = await givenOrigin(logins[0].listener);
  await using second = await givenOrigin(logins[1].listener);
  const limited = (port: number) => ({ address: `127.0.0.1:${port}`, maxConnections: 1 });
  const servers = { s1: limited(first.port), s2: limited(second.port) };
  await using balancer = await givenBalancer([], { servers, balance: { algorithm: "first" } });
  using alice = visitor(balancer.port);
  using bob = visitor(balancer.port);
  using carol = visitor(balancer.port);
  t.equal(await alice.logIn("alice"), "200 1 alice");
  const { opened, open } = gate();
  logins[0].held.set("/slow", opened);
  await until(() => server(balancer)?.current === 0); // `current` may change a moment after the client has the answer
  const slow = bob.ask("/slow");
  await until(() => first.requests.some(({ url }) => url === "/slow"));
  const waits = alice.ask("/page");
  await until(() => balancer.plane.status().backends[0]?.queued === 1);
  t.equal(await carol.ask("/any"), "200 1 anonymous");
  t.equal(second.requests.length, 1);
  open();
  t.equal(await slow, "200 2 anonymous");
  t.equal(await waits, "200 1 alice");
});

t.test("a request on a private connection is never hedged", async (t) => {
  const logins = [givenLogins(), givenLogins()] as const;
  await using first = await givenOrigin(logins[0].listener);
  await using second = await givenOrigin(logins[1].listener);
  await using balancer = await givenBalancer([first.port, second.port], {
    balance: { algorithm: "first" },
    hedge: { after: "50ms" },
  });
  using alice = visitor(balancer.port);
  t.equal(await alice.logIn("alice"), "200 1 alice");
  const before = second.requests.length;
  logins[0].held.set("/slow", sleep(400));
  t.equal(await alice.ask("/slow"), "200 1 alice");
  logins[0].held.set("/slow", sleep(400));
  using dave = visitor(balancer.port);
  t.match(await dave.ask("/slow", "Negotiate dave"), /^200 2 dave$/);
  t.equal(second.requests.length, before);
});

t.test("with hedging, the connection whose challenge the client got is kept", async (t) => {
  const logins = [givenLogins(), givenLogins()] as const;
  logins[0].held.set("/page", new Promise(() => undefined));
  await using first = await givenOrigin(logins[0].listener);
  await using second = await givenOrigin(logins[1].listener);
  await using balancer = await givenBalancer([first.port, second.port], {
    balance: { algorithm: "first" },
    hedge: { after: "50ms" },
  });
  using alice = visitor(balancer.port);
  t.equal(await alice.ask("/page"), "401 1 anonymous");
  t.equal(await alice.ask("/page", "NTLM hello"), "401 1 anonymous");
  t.equal(await alice.ask("/page", "NTLM alice"), "200 1 alice");
  t.equal(second.requests.length, 3);
});

t.test("other schemes share connections as before", async (t) => {
  await using origin = await givenOrigin((asked, response) => {
    response.setHeader("WWW-Authenticate", ["Basic realm=x", "Bearer"]);
    response.statusCode = 401;
    response.end(asked.headers.authorization);
  });
  await using balancer = await givenBalancer([origin.port]);
  for (const login of ["Basic QQ==", "Bearer ntlm", "Basic Negotiate"]) {
    using one = visitor(balancer.port);
    t.equal(await one.ask("/page", login), `401 ${login}`);
  }
  t.equal(server(balancer)?.connects, 1);
});
