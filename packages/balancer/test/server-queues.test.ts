// Requests that wait for the one server that the algorithm chooses for their key (`servers.NAME.queue`). They wait in
// order, with limits, and only while that server is up. The key of a request is its field X-User.
import t from "tap";
import { type BalancerOptions, createBalancer } from "../src/index.ts";
import {
  CHECKED_ONCE,
  get,
  type RawClient,
  rawClient,
  roundTrip,
  statusOf,
  until,
} from "./given.ts";
import { givenHolding, type Holding } from "./given-holding.ts";
import {
  type Backend,
  freePort,
  givenReloadable,
  type ReloadableBalancer,
  type Section,
} from "./given-reloadable.ts";

type Servers = Readonly<Record<string, Holding>>;
const LIMITS = { maxConnections: 1, queue: { limit: 2, timeout: "1h" } };

function section(servers: Servers, limits: object = LIMITS, backend: Partial<Backend> = {}) {
  const addresses = Object.entries(servers).map(([name, { port }]) => [
    name,
    { address: `127.0.0.1:${port}`, ...limits },
  ]);
  return {
    threads: 1,
    frontends: { front: { bind: "127.0.0.1:0", routes: [{ backend: "web" }] } },
    backends: {
      web: {
        servers: Object.fromEntries(addresses),
        balance: { algorithm: "header", header: "x-user" },
        check: CHECKED_ONCE,
        ...backend,
      },
    },
  } as Section;
}

interface Given extends AsyncDisposable {
  readonly balancer: ReloadableBalancer;
  readonly servers: { readonly s1: Holding; readonly s2: Holding };
  readonly port: number;
  /** A user whose requests the algorithm sends to s1. The requests of the user `other` go to s2. */
  readonly user: string;
  readonly other: string;
  /**
   * Sends a request with `user` as its X-User on a new connection. Does not wait for the answer.
   */
  ask(path: string, user?: string): Promise<RawClient>;
  /**
   * Resolves when `count` requests wait in the queue of `server`; "any" = in the backend's queue.
   */
  waiting(server: "s1" | "s2" | "any", count: number): Promise<void>;
  /** Returns the line of the access log for the request to `path`. */
  lineOf(path: string): Promise<string>;
}

async function givenTwo(limits: object = LIMITS, backend: Partial<Backend> = {}): Promise<Given> {
  const stack = new AsyncDisposableStack();
  const s1 = stack.use(await givenHolding("s1"));
  const s2 = stack.use(await givenHolding("s2"));
  const balancer = stack.use(await givenReloadable(section({ s1, s2 }, limits, backend)));
  const port = balancer.plane.ports.front ?? 0;
  const users = new Map<string, string>();
  for (let n = 0; users.size < 2; n++) {
    const answer = await get(port, "/", `X-User: u${n}\r\n`);
    users.set(answer.slice(-2), `u${n}`);
  }
  return {
    ...{ balancer, port, servers: { s1, s2 } },
    ...{ user: users.get("s1") ?? "", other: users.get("s2") ?? "" },
    async ask(path, user) {
      const client = stack.use(await rawClient(port));
      const field = user === undefined ? "" : `X-User: ${user}\r\n`;
      client.send(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${field}\r\n`);
      return client;
    },
    waiting: (server, count) =>
      until(() => {
        const [web] = balancer.plane.status().backends;
        const found = server === "any" ? web : web?.servers.find(({ name }) => name === server);
        return found?.queued === count;
      }),
    async lineOf(path) {
      let line: string | undefined;
      await until(async () => {
        line = (await balancer.log(1)).find((text) => text.includes(`GET ${path} `));
        return line !== undefined;
      });
      return line ?? "";
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/**
 * Starts the servers, and sends a request that s1 receives and does not answer, so that s1 is full.
 */
async function givenFull(limits: object = LIMITS, backend: Partial<Backend> = {}) {
  const given = await givenTwo(limits, backend);
  const first = await given.ask("/hold/first", given.user);
  await until(() => given.servers.s1.held.length === 1);
  return Object.assign(given, { first });
}

const reasonsOf = ({ plane }: ReloadableBalancer) => plane.status().backends[0]?.reasons;

t.test("requests wait for their own full server and get it in order", async (t) => {
  await using given = await givenFull();
  const { balancer, servers, user } = given;
  const before = reasonsOf(balancer);
  const second = await given.ask("/hold/second", user);
  await given.waiting("s1", 1);
  const third = await given.ask("/hold/third", user);
  await given.waiting("s1", 2);
  t.equal(reasonsOf(balancer)?.next, before?.next, "no request has gone to another server");
  t.match(balancer.plane.status().backends[0], { queued: 0 });
  for (const path of ["/hold/first", "/hold/second", "/hold/third"]) {
    t.same(servers.s1.held, [path]);
    servers.s1.release();
    if (path !== "/hold/third") await until(() => servers.s1.held.length === 1);
  }
  for (const client of [given.first, second, third])
    t.match(await client.closed(), /200 OK[\s\S]*s1$/);
  await given.waiting("s1", 0);
  const after = reasonsOf(balancer);
  t.equal((after?.["first-choice"] ?? 0) - (before?.["first-choice"] ?? 0), 2);
  t.same([after?.next, after?.none], [before?.next, before?.none]);
});

t.test("metrics, status page and access log show the requests that wait", async (t) => {
  await using given = await givenFull();
  const { balancer, servers, user } = given;
  const admin = { ...section(servers), admin: { bind: "127.0.0.1:0" } };
  const second = await given.ask("/hold/second", user);
  await given.waiting("s1", 1);
  t.ok((await balancer.reload(admin)).ok);
  const address = balancer.plane.addresses.at(-1) ?? "";
  const metrics = await (await fetch(new URL("metrics", address))).text();
  t.match(metrics, /haproxy_server_current_queue\{proxy="web",server="s1"\} 1\n/);
  t.match(metrics, /haproxy_server_current_queue\{proxy="web",server="s2"\} 0\n/);
  t.match(metrics, /haproxy_backend_current_queue\{proxy="web"\} 0\n/);
  t.match(await (await fetch(address)).text(), /1 \/ 1<br><small>1 waiting<\/small>/);
  servers.s1.release();
  await until(() => servers.s1.held.length === 1);
  servers.s1.release();
  await second.closed();
  t.match(await given.lineOf("/hold/first"), / 0\/0 \{/);
  t.match(await given.lineOf("/hold/second"), / 1\/0 \{/);
});

t.test("beyond the queue's limit a request goes to another server at once", async (t) => {
  await using given = await givenFull({ ...LIMITS, queue: { limit: 1, timeout: "1h" } });
  const { balancer, servers, user } = given;
  const before = reasonsOf(balancer)?.next ?? 0;
  await given.ask("/patient", user);
  await given.waiting("s1", 1);
  t.match(await get(given.port, "/", `X-User: ${user}\r\n`), /s2$/);
  t.equal(reasonsOf(balancer)?.next, before + 1);
  t.same(servers.s1.held, ["/hold/first"]);
});

t.test("after the queue's timeout a request goes to another server", async (t) => {
  await using given = await givenFull({ ...LIMITS, queue: { limit: 1, timeout: "300ms" } });
  const { balancer, servers, user } = given;
  const before = reasonsOf(balancer)?.next ?? 0;
  const since = performance.now();
  const patient = await given.ask("/patient", user);
  t.match(await patient.closed(), /s2$/);
  t.ok(performance.now() - since >= 295, "the request has waited for the timeout");
  t.equal(reasonsOf(balancer)?.next, before + 1);
  t.same(servers.s1.held, ["/hold/first"]);
  await given.waiting("s1", 0);
});

t.test("a request that no server takes gets 503, and only then sQ is logged", async (t) => {
  await using given = await givenFull(
    { ...LIMITS, queue: { limit: 1, timeout: "200ms" } },
    { queue: { limit: 1, timeout: "300ms" } },
  );
  await given.ask("/hold", given.other);
  await until(() => given.servers.s2.held.length === 1);
  const since = performance.now();
  const patient = await given.ask("/patient", given.user);
  t.equal(statusOf(await patient.closed()), 503);
  t.ok(performance.now() - since >= 500, "both times");
  t.match(await given.lineOf("/patient"), / web\/<NOSRV> .* 503 .* sQ-- .* 1\/1 \{/);
});

t.test("a client that leaves gives up its request's place in the queue", async (t) => {
  await using given = await givenFull({ ...LIMITS, queue: { limit: 1 } });
  for (const leave of ["destroy", "resetAndDestroy", "end"] as const) {
    const leaver = await given.ask(`/${leave}`, given.user);
    await given.waiting("s1", 1);
    leaver.socket[leave]();
    await given.waiting("s1", 0);
  }
  const stays = await given.ask("/stays", given.user);
  await given.waiting("s1", 1);
  given.servers.s1.release();
  t.match(await stays.closed(), /s1$/, "the place of the client that left was free again");
  for (const path of ["/destroy", "/resetAndDestroy", "/end"])
    t.match(await given.lineOf(path), / web\/<NOSRV> .* -1 .* CQ-- /);
  t.match(given.balancer.plane.status().backends[0], { current: 0 });
});

t.test("requests without a key, or without a hashing algorithm, never wait", async (t) => {
  await using given = await givenFull();
  t.match(await get(given.port), /s2$/, "no key");
  const { s1, s2 } = given.servers;
  const balance = { algorithm: "round-robin" } as const;
  const plain = section({ s1, s2 }, { maxConnections: 1 }, { balance });
  t.ok((await given.balancer.reload(plain)).ok);
  for (let i = 0; i < 4; i++)
    t.match(await get(given.port, "/", `X-User: ${given.user}\r\n`), /s2$/);
});

t.test("without a limit no request waits for a certain server", async (t) => {
  await using given = await givenFull({ maxConnections: 1 });
  t.match(await get(given.port, "/", `X-User: ${given.user}\r\n`), /s2$/);
});

t.test("a server killed while requests wait for it: another answers them", async (t) => {
  await using given = await givenFull();
  const waiting = [await given.ask("/1", given.user), await given.ask("/2", given.user)];
  await given.waiting("s1", 2);
  await given.servers.s1.kill();
  await until(() => given.servers.s2.held.length === 1); // the first request, a GET that s1 had begun, is retried before the two that waited
  await given.waiting("s1", 0);
  await given.waiting("any", 2);
  given.servers.s2.release();
  for (const client of [given.first, ...waiting])
    t.match(await client.closed(), /200 OK[\s\S]*s2$/);
});

t.test("when a server goes down, its waiting requests go to another at once", async (t) => {
  await using given = await givenFull(
    { ...LIMITS, queue: { limit: 2, timeout: "1h" } },
    { check: { http: { path: "/healthz" }, interval: "3s", timeout: "3s", rise: 1, fall: 1 } },
  );
  const waiting = [await given.ask("/1", given.user), await given.ask("/2", given.user)];
  await given.waiting("s1", 2);
  given.servers.s1.server.close(); // it accepts no new connections, so checks fail, and the requests that it holds stay
  for (const client of waiting) t.match(await client.closed(), /200 OK[\s\S]*s2$/);
  t.match(given.balancer.plane.status().backends[0]?.servers[0], { state: "down", queued: 0 });
  t.same(given.servers.s1.held, ["/hold/first"]);
  given.servers.s1.release();
  t.match(await given.first.closed(), /s1$/);
});

t.test(
  "when the operator takes a server out, its waiting requests go to another at once",
  async (t) => {
    await using s1 = await givenHolding("s1");
    await using s2 = await givenHolding("s2");
    const { frontends, backends } = section({ s1, s2 }, { ...LIMITS, queue: { limit: 2 } });
    await using balancer = createBalancer({ frontends, backends } as BalancerOptions);
    await balancer.start();
    const held = get(balancer.port(), "/hold", "X-User: u\r\n");
    await until(() => s1.held.length + s2.held.length === 1);
    const [own, other] = s1.held.length === 1 ? ["s1", "s2"] : ["s2", "s1"];
    const queued = () =>
      balancer.status().backends[0]?.servers.find(({ name }) => name === own)?.queued;
    for (const change of [{ state: "drain" }, { state: "maint" }, { weight: 0 }] as const) {
      const waiting = get(balancer.port(), "/", "X-User: u\r\n");
      await until(() => queued() === 1);
      balancer.setServer("web", own, change);
      t.equal((await waiting).slice(-2), other, JSON.stringify(change));
      balancer.setServer("web", own, { state: "ready", weight: 1 });
    }
    for (const origin of [s1, s2]) origin.release();
    t.equal((await held).slice(-2), own);
  },
);

t.test("reloads: waiting requests go to another server when theirs is not usable", async (t) => {
  const forEver = { ...LIMITS, queue: { limit: 2, timeout: "1h" } };
  const next: Readonly<Record<string, (s: Given["servers"]) => Section>> = {
    "the server is removed": ({ s2 }) => section({ s2 }, forEver),
    "its weight is 0": ({ s1, s2 }) => {
      const both = section({ s1, s2 }, forEver);
      const { servers = {} } = both.backends.web ?? {};
      return section({ s1, s2 }, forEver, {
        servers: { ...servers, s1: { ...servers.s1, weight: 0 } } as Backend["servers"],
      });
    },
    "no request may wait any more": (servers) => section(servers, { maxConnections: 1 }),
    "another algorithm": (servers) =>
      section(servers, { maxConnections: 1 }, { balance: { algorithm: "least-conn" } }),
    "another key": (servers) =>
      section(servers, forEver, { balance: { algorithm: "query", query: "user" } }),
  };
  for (const [change, make] of Object.entries(next)) {
    await using given = await givenFull(forEver);
    const waiting = await given.ask("/", given.user);
    await given.waiting("s1", 1);
    t.ok((await given.balancer.reload(make(given.servers))).ok, change);
    t.match(await waiting.closed(), /200 OK[\s\S]*s2$/, change);
    given.servers.s1.release();
    t.match(await given.first.closed(), /s1$/, change);
  }
});

t.test("reloads: requests continue to wait when their server stays", async (t) => {
  await using given = await givenFull();
  const waiting = [await given.ask("/hold/1", given.user), await given.ask("/hold/2", given.user)];
  await given.waiting("s1", 2);
  const shorter = section(given.servers, { ...LIMITS, queue: { limit: 1 } }, { retries: 1 });
  t.ok((await given.balancer.reload(shorter)).ok);
  t.match(
    await get(given.port, "/", `X-User: ${given.user}\r\n`),
    /s2$/,
    "new requests find the server full",
  );
  t.match(given.balancer.plane.status().backends[0]?.servers[0], { queued: 2 });
  for (let i = 0; i < 2; i++) {
    given.servers.s1.release();
    await until(() => given.servers.s1.held[0] === `/hold/${i + 1}`);
  }
  given.servers.s1.release();
  for (const client of waiting) t.match(await client.closed(), /s1$/);
});

t.test("after three requests of the server's queue comes one of the backend's", async (t) => {
  await using given = await givenFull({ ...LIMITS, queue: { limit: 8 } });
  const { s1, s2 } = given.servers;
  await given.ask("/hold/other", given.other);
  await until(() => s2.held.length === 1);
  for (let i = 1; i <= 2; i++) {
    await given.ask(`/hold/any${i}`);
    await given.waiting("any", i);
  }
  for (let i = 1; i <= 8; i++) {
    await given.ask(`/hold/own${i}`, given.user);
    await given.waiting("s1", i);
  }
  const order: string[] = [];
  for (let i = 0; i < 10; i++) {
    s1.release();
    await until(() => s1.held.length === 1);
    order.push(s1.held[0]?.slice("/hold/".length) ?? "");
  }
  const expected = "own1 own2 own3 any1 own4 own5 own6 any2 own7 own8";
  t.equal(order.join(" "), expected);
  t.same(s2.held, ["/hold/other"]);
});

t.test("a place that becomes free in another thread is noticed", async (t) => {
  await using s1 = await givenHolding("s1");
  await using s2 = await givenHolding("s2");
  const bind = `127.0.0.1:${await freePort()}`;
  const two = section({ s1, s2 }, { maxConnections: 1, queue: { limit: 20 } });
  await using balancer = await givenReloadable({
    ...two,
    threads: 2,
    frontends: { front: { bind, routes: [{ backend: "web" }] } },
  });
  const port = Number(bind.split(":")[1]);
  const ask = (path: string) =>
    roundTrip(port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-User: u\r\n\r\n`);
  const own = (await ask("/")).slice(-2) === "s1" ? s1 : s2;
  // The kernel spreads 12 connections over both threads. In one of 2048 runs the kernel gives all of them to one
  // thread; the test passes then too.
  const answers = Array.from({ length: 12 }, (_, i) => ask(`/hold/${i}`));
  const queued = () =>
    balancer.plane.status().backends[0]?.servers.reduce((sum, { queued }) => sum + queued, 0);
  await until(() => queued() === 11);
  for (let left = 12; left > 0; left--) {
    await until(() => own.held.length === 1);
    own.release();
  }
  const name = own === s1 ? "s1" : "s2";
  for (const answer of await Promise.all(answers)) t.ok(answer.endsWith(name));
  t.equal(queued(), 0);
});
