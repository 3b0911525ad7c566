// Requests for a full server: which request gets a place that becomes free, and what happens to the others.
import { join } from "node:path";
import t from "tap";
import { createBalancer } from "../src/index.ts";
import { get, givenBalancer, givenOrigin, rawClient, until } from "./given.ts";
import { givenHolding } from "./given-holding.ts";

t.test("the next pipelined request gets the place of the one before", async (t) => {
  await using origin = await givenOrigin((_, response) => response.end("done"));
  await using balancer = await givenBalancer([], {
    servers: { s1: { address: `127.0.0.1:${origin.port}`, maxConnections: 1 } },
    queue: { limit: 0, timeout: "5s" },
  });
  using client = await rawClient(balancer.port);
  client.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
  client.send("GET /3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const answers = await client.closed();
  t.same(answers.match(/HTTP\/1\.1 \d+/g), Array(3).fill("HTTP/1.1 200"));
  const lines = await balancer.log(3);
  t.same(
    lines.map((line) => /GET (\/\d)/.exec(line)?.[1]),
    ["/1", "/2", "/3"],
    "the log has the requests in order",
  );
});

t.test(
  "a waiting request, with or without a body, is dropped when its client leaves",
  async (t) => {
    const waiting: (() => void)[] = [];
    await using origin = await givenOrigin((_, response) => {
      waiting.push(() => response.end("done"));
    });
    await using balancer = await givenBalancer([], {
      servers: { s1: { address: `127.0.0.1:${origin.port}`, maxConnections: 1 } },
      queue: { limit: 10, timeout: "30s" },
    });
    using busy = await rawClient(balancer.port);
    busy.send("GET /busy HTTP/1.1\r\nHost: x\r\n\r\n");
    await until(() => waiting.length === 1);
    for (const leave of ["destroy", "resetAndDestroy"] as const) {
      using client = await rawClient(balancer.port);
      client.send("POST /pay HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
      await until(() => balancer.plane.status().backends[0]?.queued === 1);
      client.socket[leave]();
      await until(() => balancer.plane.status().backends[0]?.queued === 0);
    }
    const left = await balancer.log(2);
    t.match(left[0], /POST \/pay/);
    t.ok(
      left.every((line) => line.includes(" CQ-- ")),
      left.join("\n"),
    );
    waiting[0]?.();
    await busy.received(/done$/);
    t.same(origin.requests.length, 1, "neither request was sent to the server");
  },
);

t.test("a waiting request goes to a server that is down in a panic", async (t) => {
  let healthy = true;
  const waiting: (() => void)[] = [];
  await using origin = await givenOrigin((request, response) => {
    if (request.url === "/check") {
      response.statusCode = healthy ? 200 : 500;
      response.end();
    } else waiting.push(() => response.end("done"));
  });
  await using balancer = await givenBalancer([], {
    servers: { s1: { address: `127.0.0.1:${origin.port}`, maxConnections: 1 } },
    balance: { panic: { keepOne: true } },
    check: { http: { path: "/check" }, interval: "100ms", timeout: "80ms", rise: 1, fall: 1 },
    queue: { limit: 10, timeout: "30s" },
  });
  const answers = [get(balancer.port, "/1"), get(balancer.port, "/2")];
  const backend = () => balancer.plane.status().backends[0];
  await until(() => waiting.length === 1 && backend()?.queued === 1);
  healthy = false;
  await until(() => backend()?.servers[0]?.state === "down");
  waiting.shift()?.();
  await until(() => waiting.length === 1);
  waiting.shift()?.();
  for (const answer of answers) t.match(await answer, /200 OK[\s\S]*done$/);
});

t.test("a client that leaves keeps its place until the server can have noticed", async (t) => {
  await using origin = await givenHolding("done");
  const balancer = createBalancer({
    frontends: { front: { bind: "127.0.0.1:0", routes: [{ backend: "app" }] } },
    backends: {
      app: { servers: { s1: { address: `127.0.0.1:${origin.port}`, maxConnections: 1 } } },
    },
  });
  t.teardown(() => balancer.close());
  await balancer.start();
  const inFlight = () => balancer.status().backends[0]?.servers[0]?.inFlight;
  const atTheEnd = new Map<string, number | undefined>();
  balancer.on("exchange", ({ termination }) => atTheEnd.set(termination, inFlight()));
  using first = await rawClient(balancer.port());
  first.send("GET /hold/1 HTTP/1.1\r\nHost: x\r\n\r\n");
  await until(() => origin.held.length === 1);
  const second = get(balancer.port(), "/hold/2");
  await until(() => balancer.status().backends[0]?.queued === 1);
  first.socket.resetAndDestroy();
  await until(() => origin.held.length === 2);
  origin.release();
  origin.release();
  t.match(await second, /done$/);
  t.same(
    [...atTheEnd],
    [
      ["CH--", 1],
      ["----", 0],
    ],
  );
  t.equal(inFlight(), 0);
});

/**
 * The module of a custom algorithm that picks the first server. When the balancer reads `why` after the pick, the
 * getter takes the server's last place, as another thread might do at that moment.
 */
const OVERTAKEN = `
export const createPicker = () => {
  let [servers, picked] = [[], undefined];
  return {
    update(given) { servers = given; },
    pick({ tried }) { return (picked = servers.find((one) => one.usable && !tried.includes(one))); },
    get why() {
      if (picked?.name === "s1") picked.begin();
      return "next";
    },
  };
};
`;

t.test("when another thread fills the picked server, the request gets the next one", async (t) => {
  await using s1 = await givenOrigin((_, response) => response.end("s1"));
  await using s2 = await givenOrigin((_, response) => response.end("s2"));
  const module = join(t.testdir({ "picker.ts": OVERTAKEN }), "picker.ts");
  const limited = (port: number) => ({ address: `127.0.0.1:${port}`, maxConnections: 1 });
  await using balancer = await givenBalancer([], {
    servers: { s1: limited(s1.port), s2: limited(s2.port) },
    balance: { algorithm: "module", module },
    queue: { limit: 0 },
  });
  t.match(await get(balancer.port), /200 OK[\s\S]*s2$/);
});
