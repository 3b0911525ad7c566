// Tests that requests which wait for a full server, in several threads, are served in the order in which they arrived.
import t from "tap";
import {
  CHECKED_ONCE,
  givenBalancer,
  type Origin,
  type RunningBalancer,
  rawClient,
  until,
} from "./given.ts";
import { givenHolding, type Holding } from "./given-holding.ts";
import { freePort } from "./given-reloadable.ts";

const limited = ({ port }: Origin) => ({
  address: `127.0.0.1:${port}`,
  maxConnections: 1,
  queue: { limit: 100, timeout: "30s" },
});

/**
 * Returns a balancer with two threads, a function that sends requests, and a function that counts
 * the threads which received requests.
 */
async function givenThreads(servers: Readonly<Record<string, Origin>>) {
  const stack = new AsyncDisposableStack();
  const balancer = stack.use(
    await givenBalancer(
      [],
      {
        servers: Object.fromEntries(Object.entries(servers).map(([k, s]) => [k, limited(s)])),
        balance: { algorithm: "header", header: "x-user" },
        check: CHECKED_ONCE,
        queue: { limit: 100, timeout: "30s" },
      },
      { bind: `127.0.0.1:${await freePort()}` },
      2,
    ),
  );
  let asked = 0;
  return {
    balancer,
    /**
     * Sends a request on a connection of its own, and waits until it has arrived. The kernel spreads
     * connections over the threads.
     */
    async ask(path: string, user?: string) {
      const client = await rawClient(balancer.port);
      stack.defer(() => void client.socket.destroy());
      const field = user === undefined ? "" : `X-User: ${user}\r\n`;
      client.send(`GET ${path} HTTP/1.1\r\nHost: x\r\n${field}\r\n`);
      asked += 1;
      await until(() => placed(balancer) === asked);
    },
    /**
     * Waits until `count` requests are logged. Returns how many threads received these requests.
     */
    async threads(count: number) {
      const lines = await balancer.log(count);
      return new Set(lines.map((line) => / id=(.{7})/.exec(line)?.[1])).size;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Returns the number of requests that wait or are at a server. */
function placed({ plane }: RunningBalancer): number {
  const [web] = plane.status().backends;
  const atServers = web?.servers.map(({ queued, current }) => queued + current) ?? [];
  return atServers.reduce((sum, count) => sum + count, web?.queued ?? 0);
}

const pathsAt = ({ requests }: Origin) => requests.map(({ url }) => url?.slice("/hold/".length));

/**
 * How long a thread may take to use the room at a server that another thread leaves to it. When a busy machine delays
 * the thread for longer, the room goes to another thread by design.
 */
const PATIENCE_MS = 500;

/**
 * Returns the order of requests that `run` finds. When the order is not `expected` and `run` took longer than
 * PATIENCE_MS, a delayed thread may be the cause. Then `run` is repeated, up to three times in all.
 */
async function orderOf(expected: string, run: () => Promise<Found>): Promise<string> {
  let found = await run();
  for (let again = 0; again < 2 && found.order !== expected && found.tookMs > PATIENCE_MS; again++)
    found = await run();
  return found.order;
}

interface Found {
  readonly order: string;
  /** The time from the first answer to the last. */
  readonly tookMs: number;
}

async function served(server: Holding, count: number): Promise<Found> {
  const since = performance.now();
  await server.serve(count);
  return { tookMs: performance.now() - since, order: pathsAt(server).join(" ") };
}

t.test("the request that came first is served first, in whichever thread", async (t) => {
  const order = Array.from({ length: 16 }, (_, n) => String(n));
  const found = await orderOf(order.join(" "), async () => {
    await using s1 = await givenHolding("done");
    await using given = await givenThreads({ s1 });
    for (const name of order) await given.ask(`/hold/${name}`);
    const found = await served(s1, order.length);
    t.equal(await given.threads(order.length), 2, "both had clients");
    return found;
  });
  t.equal(found, order.join(" "));
});

t.test("after three requests of the server's queue comes one of the backend's", async (t) => {
  const expected = "first own1 own2 own3 any1 own4 own5 own6 any2 own7 own8";
  const found = await orderOf(expected, async () => {
    await using s1 = await givenHolding("done");
    await using s2 = await givenHolding("done");
    await using given = await givenThreads({ s1, s2 });
    await given.ask("/hold/first", "u");
    await until(() => s1.held.length + s2.held.length === 1);
    const [own, other] = s1.held.length === 1 ? [s1, s2] : [s2, s1];
    await given.ask("/hold/elsewhere");
    await until(() => other.held.length === 1);
    for (const path of ["/hold/any1", "/hold/any2"]) await given.ask(path);
    for (let n = 1; n <= 8; n++) await given.ask(`/hold/own${n}`, "u");
    const found = await served(own, 11);
    t.equal(await given.threads(11), 2, "both had clients");
    t.same(pathsAt(other), ["elsewhere"]);
    return found;
  });
  t.equal(found, expected);
});
