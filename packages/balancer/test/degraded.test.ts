// Servers that report that they cannot do all of their work. They get requests only while no better
// server is up. The operator sees which servers these are, and which of their dependencies have
// failed.
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import t from "tap";
import { type BalancerOptions, createBalancer } from "../src/index.ts";
import { CHECKED_ONCE, get, givenOrigin, until } from "./given.ts";
import { givenHolding } from "./given-holding.ts";
import { givenReloadable, section } from "./given-reloadable.ts";

const READINESS = {
  ...{ http: { path: "/readyz" }, interval: "300ms", timeout: "300ms" },
  ...{ rise: 1, fall: 50 }, // so high that no server goes DOWN because the machine is busy
} as const;

/** Returns a server that answers with its name, and reports the readiness that the test sets. */
async function able(name: string) {
  const says = { code: 200, report: { status: "pass" } as object };
  const origin = await givenOrigin((request, response: ServerResponse) => {
    if (request.url !== "/readyz") return void response.end(name);
    response.writeHead(says.code, { "content-type": "application/health+json" });
    response.end(JSON.stringify(says.report));
  });
  return { ...origin, says };
}

async function before(ports: readonly number[]) {
  const servers = ports.map((port, index) => [`s${index + 1}`, { address: `127.0.0.1:${port}` }]);
  const options: BalancerOptions = {
    frontends: { front: { bind: "127.0.0.1:0", routes: [{ backend: "web" }] } },
    backends: {
      web: {
        servers: Object.fromEntries(servers),
        check: READINESS,
        balance: { algorithm: "round-robin" },
      },
    },
  };
  const balancer = createBalancer(options);
  await balancer.start();
  const server = (index: number) => balancer.status().backends[0]?.servers[index];
  const answers = async (count = 6) => {
    const all = [];
    for (let i = 0; i < count; i++) all.push((await get(balancer.port())).slice(-1));
    return [...new Set(all)].sort().join("");
  };
  return { balancer, server, answers, [Symbol.asyncDispose]: () => balancer.close() };
}

const NO_DATABASE = {
  status: "warn",
  output: "database: gone",
  checks: {
    database: [
      { componentId: "db", status: "fail", output: "gone", since: "2026-01-01T00:00:00Z" },
    ],
  },
};

t.test(
  "a degraded server gets nothing while a better one is up, and requests when none is",
  async (t) => {
    await using a = await able("a");
    await using b = await able("b");
    await using given = await before([a.port, b.port]);
    t.equal(await given.answers(), "ab");
    await until(() => given.balancer.status().health === "healthy");
    t.same(given.balancer.status().problems, []);
    a.says.report = NO_DATABASE;
    await until(() => given.server(0)?.degraded === true);
    t.equal(await given.answers(), "b");
    t.match(given.server(0), {
      state: "up",
      weight: 0,
      check: { status: "L7OK", why: "database: gone" },
    });
    const problems = [
      { backend: "web", name: "web", state: "degraded", why: "s1: database: gone" },
      {
        name: "database",
        state: "down",
        since: "2026-01-01T00:00:00.000Z",
        why: "db: gone (seen by s1)",
      },
    ];
    t.match(given.balancer.status(), { health: "degraded", problems }, "the other server serves");
    b.says.report = NO_DATABASE;
    await until(() => given.balancer.status().health === "down");
    b.says.report = {
      ...NO_DATABASE,
      checks: { database: [{ componentId: "db", status: "pass" }] },
    };
    await until(() => given.balancer.status().health === "degraded");
    t.equal(await given.answers(), "ab", "when both are degraded, both get requests");
    t.match(given.balancer.status(), {
      health: "degraded",
      backends: [
        {
          chain: [
            { name: "web", state: "degraded" },
            { name: "database", state: "degraded" },
          ],
        },
      ],
    });
    a.says.report = b.says.report = { status: "pass" };
    await until(() => given.balancer.status().health === "healthy");
    t.equal(await given.answers(), "ab");
  },
);

t.test("a part that a server has not checked is unknown, which is not a failure", async (t) => {
  await using a = await able("a");
  await using b = await able("b");
  const told = (assumed: boolean) => {
    const part = { componentId: "box1", status: "pass", ...(assumed && { assumed }) };
    return {
      status: "pass",
      checks: { application: [{ ...part, output: assumed ? "unseen" : "" }] },
    };
  };
  a.says.report = b.says.report = told(true);
  const before = section({ s1: a.port, s2: b.port }, { check: READINESS });
  await using balancer = await givenReloadable(before);
  const status = () => balancer.plane.status();
  const scraped = () => balancer.registry.metrics();
  const why = "box1: unseen (seen by s1, s2)";
  t.match(status(), {
    health: "unknown",
    problems: [{ backend: "web", name: "application", state: "unknown", since: "", why }],
    backends: [{ chain: [{ state: "up" }, { state: "unknown" }] }],
  });
  const unknown = 'tandem_chain_state{proxy="web",link="application",state="unknown"}';
  t.match(await scraped(), `${unknown} 1\n`);
  a.says.report = NO_DATABASE;
  await until(() => status().health !== "unknown");
  t.equal(status().health, "degraded", "a known fault counts more than an unknown state");
  a.says.report = told(false);
  await until(() => status().health === "healthy");
  t.match(await scraped(), `${unknown} 0\n`);
});

t.test(
  "a server that is being stopped gets nothing at once; one that fails is shown at once",
  async (t) => {
    await using a = await able("a");
    await using b = await able("b");
    await using given = await before([a.port, b.port]);
    a.says.code = 503;
    a.says.report = { status: "fail", draining: true, output: "draining" };
    await until(() => given.server(0)?.degraded === true);
    t.match(given.server(0), { state: "up", check: { why: "/readyz answered 503: draining" } });
    t.equal(await given.answers(), "b");
    b.says.code = 503;
    b.says.report = a.says.report;
    await until(() => given.server(1)?.degraded === true);
    t.equal(
      await given.answers(),
      "ab",
      "both are being stopped and still answer, so both get requests",
    );
    b.says.report = { status: "pass" };
    b.says.code = 200;
    await until(() => given.server(1)?.degraded === false);
    b.says.code = 500;
    await until(() =>
      given.balancer.status().problems.some(({ why }) => why.includes("not DOWN yet")),
    );
    t.equal(await given.answers(), "b", "the server is not down yet");
    t.equal(given.balancer.status().health, "degraded");
  },
);

t.test("when the last fully working server fails a request, a degraded one gets it", async (t) => {
  await using a = await able("a");
  await using b = await able("b");
  await using given = await before([a.port, b.port]);
  a.says.report = NO_DATABASE;
  await until(() => given.server(0)?.degraded === true);
  await b.kill();
  t.equal(await given.answers(2), "a");
});

t.test("a degraded server that goes down comes back as not degraded", async (t) => {
  let status = "warn";
  const held: ServerResponse[] = [];
  await using s1 = await givenOrigin((request, response) => {
    if (request.url === "/hold") return void held.push(response);
    response.writeHead(200, { "content-type": "application/health+json" });
    response.end(JSON.stringify({ status }));
  });
  await using s2 = await givenHolding("s2");
  const check = { ...CHECKED_ONCE, http: { path: "/readyz" } };
  const both = section({ s1: s1.port, s2: s2.port }, { check });
  await using balancer = await givenReloadable(section({ s1: s1.port }, { check }));
  const port = () => balancer.plane.ports.front ?? 0;
  const degraded = () => balancer.plane.status().backends[0]?.servers[0]?.degraded;
  t.equal(degraded(), true);
  const answer = get(port(), "/hold");
  await until(() => held.length === 1);
  t.ok((await balancer.reload(section({ s2: s2.port }, { check }))).ok);
  status = "pass";
  t.ok((await balancer.reload(both)).ok);
  t.match(balancer.plane.status().backends[0]?.servers[0], { inFlight: 1, degraded: false });
  held[0]?.end("late");
  t.match(await answer, /late$/);
});

t.test("a server is not degraded any more when a reload removes its checks", async (t) => {
  await using origin = await givenOrigin((_, response) => {
    response.writeHead(200, { "content-type": "application/health+json" });
    const checks = { database: [{ componentId: "db", status: "fail", output: "gone" }] };
    response.end(JSON.stringify({ status: "warn", checks }));
  });
  const check = { ...CHECKED_ONCE, http: { path: "/readyz" } };
  for (const without of [{ check: false }, {}] as const) {
    await using balancer = await givenReloadable(section({ s1: origin.port }, { check }));
    const degraded = () => balancer.plane.status().backends[0]?.servers[0]?.degraded;
    t.equal(degraded(), true);
    const { check: _, ...web } = section({ s1: origin.port }).backends.web ?? { servers: {} };
    const backends = { web: { ...web, ...without } };
    t.ok((await balancer.reload({ ...section({}), backends })).ok);
    t.equal(degraded(), false, JSON.stringify(without));
    const problems = [{ name: "web", state: "unknown", why: /^s1: no check / }];
    t.match(balancer.plane.status(), { health: "unknown", problems });
  }
});

t.test("a check that runs while a reload removes the checks decides nothing", async (t) => {
  const checks: ServerResponse[] = [];
  await using origin = await givenOrigin((_, response) => {
    if (checks.push(response) === 1) response.writeHead(503).end(); // so that the next check comes soon
  });
  const check = { ...CHECKED_ONCE, http: { path: "/readyz" } };
  await using balancer = await givenReloadable(section({ s1: origin.port }, { check }));
  await until(() => checks.length === 2);
  const [, running] = checks;
  if (running === undefined) throw new Error("no check runs");
  const over = once(running.req.socket, "close");
  t.ok((await balancer.reload(section({ s1: origin.port }, { check: false }))).ok);
  running.writeHead(500).end();
  await over;
  await new Promise(setImmediate);
  t.match(balancer.plane.status(), { health: "unknown", problems: [{ state: "unknown" }] });
});
