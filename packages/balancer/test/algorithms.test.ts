// Tests every algorithm with real servers. The algorithm gets its configuration, and learns whether
// requests succeed and how long they take. Faults of a custom algorithm are reported.

import { once } from "node:events";
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ALGORITHM_NAMES } from "@tandem/algorithms";
import { BALANCE_ALGORITHMS, BELONGS, RAMPING } from "@tandem/config";
import { LOAD_FIELD, LOAD_PATH } from "@tandem/telemetry";
import t from "tap";
import { get, givenOrigin, rawClient, roundTrip, statusOf, until } from "./given.ts";
import { givenReloadable } from "./given-reloadable.ts";
import {
  type Balance,
  givenOrigins,
  type Section,
  section,
  serverOf,
  shares,
} from "./given-shares.ts";

t.test("the schema has the algorithms' names, keys and slow start from their rows", async (t) => {
  t.same(BALANCE_ALGORITHMS, [...ALGORITHM_NAMES, "module"]);
  t.same(BELONGS.get("draws"), ["random", "peak-ewma", "join-idle-queue"]);
  const learning = ["least-conn", "random", "peak-ewma", "least-time", "prequal"];
  t.same(BELONGS.get("failurePenalty"), learning);
  t.same(BELONGS.get("hash"), ["source", "uri", "header", "query", "cookie"]);
  t.same(BELONGS.get("parameters"), ["module"]);
  t.same(RAMPING, ["round-robin", ...learning, "module"]);
});

t.test("each algorithm serves after a reload to it, and gives reasons", async (t) => {
  await using origins = await givenOrigins(3);
  const needs: Readonly<Record<string, Partial<Balance>>> = {
    header: { header: "x-user" },
    query: { query: "user" },
    cookie: { cookie: "user" },
    prequal: { probes: { timeout: "50ms" } },
  };
  await using balancer = await givenReloadable(section(origins.all, {}));
  const port = balancer.plane.ports.front ?? 0;
  t.equal(
    balancer.plane.status().backends[0]?.algorithm,
    "random",
    "the default with three servers",
  );
  for (const algorithm of ALGORITHM_NAMES) {
    const balance = { algorithm, ...needs[algorithm] } as Balance;
    const { ok } = await balancer.reload(section(origins.all, { balance }));
    const before = balancer.plane.status().backends[0]?.reasons;
    for (let i = 0; i < 6; i++) await get(port, "/?user=u", "X-User: u\r\nCookie: user=u\r\n");
    const after = balancer.plane.status().backends[0];
    const picks = Object.values(after?.reasons ?? {}).reduce((a, b) => a + b, 0);
    const earlier = Object.values(before ?? {}).reduce((a, b) => a + b, 0);
    t.same([ok, after?.algorithm, picks - earlier], [true, algorithm, 6]);
  }
  const requests = origins.all.reduce((sum, { requests }) => {
    return sum + requests.filter(({ url }) => url !== LOAD_PATH).length;
  }, 0);
  t.equal(requests, ALGORITHM_NAMES.length * 6);

  const visible = { ...section(origins.all, {}), admin: { bind: "127.0.0.1:0" } };
  t.ok((await balancer.reload(visible)).ok);
  const admin = balancer.plane.addresses.at(-1) ?? "";
  const page = await (await fetch(admin)).text();
  t.match(page, /Backend web <small>random, 0 in the queue<\/small>/);
  t.match(page, /Chosen as: first-choice \d+\.\d %/);
  t.match(page, new RegExp(`${ALGORITHM_NAMES.length + 1} reloads`));
  const metrics = await (await fetch(new URL("metrics", admin))).text();
  const picks = 'tandem_backend_picks_total{proxy="web",algorithm="random",reason="first-choice"} ';
  t.ok(metrics.includes(picks));
  t.match(metrics, /haproxy_server_uweight\{proxy="web",server="s1"\} 1\n/);
  t.match(
    metrics,
    new RegExp(`tandem_reloads_total\\{outcome="done"\\} ${ALGORITHM_NAMES.length + 1}\\n`),
  );
});

t.test("requests with one key go to one server, and keys are spread", async (t) => {
  await using origins = await givenOrigins(4);
  await using balancer = await givenReloadable(section(origins.all, {}));
  const port = balancer.plane.ports.front ?? 0;
  const keyed: readonly (readonly [Balance, (key: string) => Promise<string>, string])[] = [
    [{ algorithm: "uri" }, (key) => get(port, `/a/${key}?t=${Math.random()}`), "path"],
    [{ algorithm: "uri", depth: 1 }, (key) => get(port, `/${key}/${Math.random()}`), "depth"],
    [{ algorithm: "uri", whole: true }, (key) => get(port, `/p?${key}`), "whole"],
    [
      { algorithm: "header", header: "X-User" },
      (key) => get(port, "/", `x-user: ${key}\r\n`),
      "header",
    ],
    [{ algorithm: "query", query: "id" }, (key) => get(port, `/p?x=1&id=${key}&y`), "query"],
    [
      { algorithm: "cookie", cookie: "sid" },
      (key) => get(port, "/", `Cookie: a=1; sid=${key}; sidx=2\r\n`),
      "cookie",
    ],
  ];
  for (const [balance, ask, what] of keyed) {
    t.ok((await balancer.reload(section(origins.all, { balance }))).ok);
    const places = new Set<string>();
    for (let key = 0; key < 12; key++) {
      const [first, second] = [await ask(`k${key}`), await ask(`k${key}`)];
      if (serverOf(first) !== serverOf(second)) t.fail(`${what}: k${key} moved`);
      places.add(serverOf(first));
    }
    t.ok(places.size >= 3, what); // the keys are always the same, so the result is not random
  }
  const source = { algorithm: "source" } as const;
  const trusting = section(origins.all, { balance: source });
  const front = { ...trusting.frontends.front, trustedProxies: ["127.0.0.1"] };
  t.ok((await balancer.reload({ ...trusting, frontends: { front } as Section["frontends"] })).ok);
  const from = (address: string) => get(port, "/", `X-Forwarded-For: 6.6.6.6, ${address}\r\n`);
  const places = new Set<string>();
  for (let i = 0; i < 12; i++) {
    const address = `10.0.0.${i}`;
    const place = serverOf(await from(address));
    t.equal(serverOf(await from(address)), place);
    places.add(place);
  }
  t.ok(places.size >= 3, "source: the address that the trusted proxy has sent");
});

t.test("a server that fails fast attracts no traffic", async (t) => {
  await using good = await givenOrigin(
    (_, response) => void setTimeout(() => response.end("ok"), 20),
  );
  await using hole = await givenOrigin((_, response) => response.writeHead(503).end("no"));
  const through = async (failurePenalty: string): Promise<number> => {
    const balance = { algorithm: "least-conn", failurePenalty } as const;
    await using balancer = await givenReloadable(section([good, hole], { balance }));
    const port = balancer.plane.ports.front ?? 0;
    let failed = 0;
    const client = async (): Promise<void> => {
      for (let i = 0; i < 25; i++) if (statusOf(await get(port)) === 503) failed += 1;
    };
    await Promise.all([client(), client(), client(), client()]);
    return failed;
  };
  const [without, penalized] = [await through("0ms"), await through("5s")];
  t.ok(without > 40, `without the penalty the failing server got ${without} of 100`);
  t.ok(penalized < 20, `with: ${penalized} of 100`);
});

t.test("load reports reach the algorithm, and clients only when configured", async (t) => {
  const reporting = (name: string, report: string) =>
    givenOrigin((_, response) => response.setHeader(LOAD_FIELD, report).end(name));
  await using busy = await reporting("s1", "TEXT cpu_utilization=0.9,rps_fractional=100");
  await using idle = await reporting(
    "s2",
    'JSON {"application_utilization":0.1,"rps_fractional":100}',
  );
  const balance = {
    algorithm: "client-side-wrr",
    reports: { blackout: "0ms", update: "1ms" },
  } as const;
  await using balancer = await givenReloadable(section([busy, idle], { balance }));
  const port = balancer.plane.ports.front ?? 0;
  t.notMatch(await get(port), /endpoint-load-metrics/i, "stripped");
  await shares(() => get(port), 6);
  // The weights are 100/0.9 and 100/0.1, so 1 : 9. In rotation by weight (stride scheduling), s1 gets 4 of 40 requests,
  // or one more or less, depending on where in the rotation the 40 requests begin.
  const found = await shares(() => get(port), 40);
  t.ok(Math.abs((found.s1 ?? 0) - 4) <= 1, JSON.stringify(found));
  const passing = { ...balance, passReports: true };
  t.ok((await balancer.reload(section([busy, idle], { balance: passing }))).ok);
  t.match(await get(port), /endpoint-load-metrics: (TEXT|JSON)/);
});

t.test("prequal: probes decide; missing answers and pages are harmless", async (t) => {
  let latency = 5;
  const telling = (name: string, inFlight: number) =>
    givenOrigin((request, response) => {
      if (request.url === LOAD_PATH)
        response.setHeader(
          LOAD_FIELD,
          `TEXT named_metrics.in_flight=${inFlight},named_metrics.latency_ms=${latency}`,
        );
      response.end(request.url === LOAD_PATH ? "" : name);
    });
  await using busy = await telling("s1", 50);
  await using free = await telling("s2", 1);
  await using silent = await givenOrigin((request, response) => {
    if (request.url === LOAD_PATH) return; // never answers
    response.end("s3");
  });
  await using pageless = await givenOrigin((request, response) => {
    if (request.url === LOAD_PATH) response.writeHead(404);
    response.end("s4");
  });
  const balance = { algorithm: "prequal", probes: { timeout: "10s" } } as const;
  await using balancer = await givenReloadable(section([busy, free, silent], { balance }));
  const port = balancer.plane.ports.front ?? 0;
  const asked = () => busy.requests.filter(({ url }) => url === LOAD_PATH).length;
  await until(async () => serverOf(await get(port)) !== "" && asked() > 3);
  const found = await shares(() => get(port), 30);
  t.ok((found.s2 ?? 0) > 20, `the idle server gets most: ${JSON.stringify(found)}`);
  const reasons = balancer.plane.status().backends[0]?.reasons;
  t.ok((reasons?.cold ?? 0) > 10, JSON.stringify(reasons));

  // The latency of the server without a page is measured, and is more than 5 ms on a busy machine.
  latency = 60_000;
  t.ok((await balancer.reload(section([busy, pageless], { balance }))).ok);
  await until(async () => {
    const answers = await shares(() => get(port), 10);
    return (answers.s4 ?? 0) >= 8;
  });
  const asks = pageless.requests.filter(({ url }) => url === LOAD_PATH).length;
  t.ok(asks <= 2, `probed ${asks} times, then the balancer's own counts are used`);
});

t.test("slow start: a server that comes up gets little at first", async (t) => {
  await using stable = await givenOrigin((_, response) => response.end("s1"));
  const flaky = await givenOrigin((_, response) => response.end("s2"));
  // The intervals are long, so that the checks of `stable` do not fail because this machine is busy.
  const check = { interval: "500ms", timeout: "500ms", rise: 1, fall: 2 };
  const balance = { algorithm: "round-robin", slowStart: { window: "1h" } } as const;
  await using balancer = await givenReloadable(section([stable, flaky], { balance, check }));
  const port = balancer.plane.ports.front ?? 0;
  t.same(
    await shares(() => get(port), 10),
    { s1: 5, s2: 5 },
    "there is no slow start when the process starts",
  );
  const state = () => balancer.plane.status().backends[0]?.servers[1];
  await flaky.kill();
  await until(() => state()?.state === "down");
  t.equal(state()?.weight, 0);
  await using back = await givenOrigin((_, response) => response.end("s2"), flaky.port);
  await until(() => state()?.state === "up");
  const found = await shares(() => get(port), 40);
  // The server's weight is 1 % at first and rises by 1 % every 36 s, so the server gets only a few of 40 requests.
  t.ok((found.s2 ?? 0) <= 4, JSON.stringify(found));
  const weight = state()?.weight ?? 1;
  t.ok(weight > 0 && weight < 0.5 && state()?.userWeight === 1, `weight ${weight}`);
  t.ok(back.requests.length <= 4);
});

t.test("priorities, zones and subsets decide which servers get traffic at all", async (t) => {
  await using origins = await givenOrigins(4);
  const [a, b, c, d] = origins.all.map(({ port }) => `127.0.0.1:${port}`);
  const servers = {
    s1: { address: a ?? "", priority: 0, zone: "here" },
    s2: { address: b ?? "", priority: 0, zone: "there" },
    s3: { address: c ?? "", priority: 1, zone: "here" },
    s4: { address: d ?? "", priority: 1, zone: "there" },
  };
  const algorithm = "round-robin" as const;
  await using balancer = await givenReloadable(section([], { servers, balance: { algorithm } }));
  const port = balancer.plane.ports.front ?? 0;
  t.same(await shares(() => get(port), 10), { s1: 5, s2: 5 }, "the first level takes everything");
  await balancer.reload(section([], { servers, balance: { algorithm, zone: "here" } }));
  t.same(await shares(() => get(port), 10), { s1: 10 }, "at home");
  const alone = Object.fromEntries(
    Object.entries(servers).map(([name, { address }]) => [name, { address }]),
  );
  await balancer.reload(
    section([], { servers: alone, balance: { algorithm, subset: { size: 2 } } }),
  );
  t.equal(Object.keys(await shares(() => get(port), 20)).length, 2, "two of four");
  const weights = balancer.plane.status().backends[0]?.servers.map(({ weight }) => weight);
  t.same(weights?.toSorted(), [0, 0, 1, 1], "the status shows the weights");
});

t.test("panic and keepOne: servers that are down are tried if so configured", async (t) => {
  const sick = createServer((socket) =>
    socket.on("data", (chunk) => {
      const health = String(chunk).startsWith("GET /healthz");
      socket.end(
        `HTTP/1.1 ${health ? 500 : 200} X\r\nConnection: close\r\nContent-Length: 2\r\n\r\ns1`,
      );
    }),
  ).listen(0, "127.0.0.1");
  await once(sick, "listening");
  t.teardown(() => sick.close());
  const { port: at } = sick.address() as { port: number };
  const servers = { s1: { address: `127.0.0.1:${at}` } };
  await using balancer = await givenReloadable(section([], { servers }));
  const port = balancer.plane.ports.front ?? 0;
  t.equal(statusOf(await get(port)), 503, "the health check of the only server fails");
  t.ok((await balancer.reload(section([], { servers, balance: { panic: { keepOne: true } } }))).ok);
  t.equal(statusOf(await get(port)), 200);
  t.match(balancer.plane.status().backends[0], { panic: true });
});

t.test(
  "a custom algorithm works, is reloaded when its file changes, and its faults are contained",
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "tandem-custom-"));
    t.teardown(() => rmSync(folder, { recursive: true }));
    await using origins = await givenOrigins(2);
    const module = join(folder, "picker.ts");
    let age = 1_000;
    const write = (text: string): void => {
      writeFileSync(module, text);
      age += 1;
      utimesSync(module, age, age);
    };
    const balance = { algorithm: "module", module, parameters: { favourite: "s2" } } as const;
    const custom = section(origins.all, { balance });
    const picker = (body: string) => `
    let servers: readonly any[] = [];
    export function createPicker(environment: any, parameters: any) {
      return { update(list: any) { servers = list; }, pick(context: any) { ${body} } };
    }`;
    await using balancer = await givenReloadable(section(origins.all, {}));
    const port = balancer.plane.ports.front ?? 0;

    const refused = async (words: RegExp): Promise<void> => {
      t.match(await balancer.reload(custom), { ok: false, words: [words] });
      t.equal(statusOf(await get(port)), 200, "the algorithm of before is still used");
    };
    await refused(/balance\.module: there is no file .*picker\.ts/);
    write("export const x = ;");
    await refused(/cannot be loaded: /);
    write("throw new Error('on strike');");
    await refused(/cannot be loaded: on strike/);
    write("export const other = 1;");
    await refused(/exports other, expected a function 'createPicker'/);
    write("export const createPicker = () => { throw new Error('no'); };");
    await refused(/createPicker threw: no/);
    write("export const createPicker = () => ({ update() {} });");
    await refused(/has no method 'pick\(…\)'/);

    write(picker("return servers.find((s) => s.name === parameters.favourite);"));
    t.match(await balancer.reload(custom), { ok: true });
    t.same(await shares(() => get(port), 6), { s2: 6 });
    write(picker("return servers[0];"));
    t.match(await balancer.reload(custom), {
      ok: true,
      words: [/^backends\.web\.balance\.module: .*picker\.ts has changed, and was read again$/],
    });
    t.same(await shares(() => get(port), 6), { s1: 6 }, "the changed file is used");

    for (const body of [
      "throw new Error('oops');",
      "return { name: 'made up' };",
      "return 7;",
      "return;",
    ]) {
      write(picker(body));
      t.match(await balancer.reload(custom), { ok: true });
      for (let i = 0; i < 4; i++) t.equal(statusOf(await get(port)), 200, "the stand-in chose");
    }
    const { threads, backends } = balancer.plane.status();
    t.equal(threads.deaths, 0);
    t.equal(backends[0]?.reasons.fallback, 16);
  },
);

t.test("a tunnel does not count as latency; a request without a key is served", async (t) => {
  await using origins = await givenOrigins(2);
  const balance = { algorithm: "header", header: "x-user" } as const;
  await using balancer = await givenReloadable(section(origins.all, { balance }));
  const port = balancer.plane.ports.front ?? 0;
  t.equal(statusOf(await get(port)), 200);
  t.equal(balancer.plane.status().backends[0]?.reasons.fallback, 1);
  const malformed = "GET /?%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: ;;=;\r\n\r\n";
  t.equal(statusOf(await roundTrip(port, malformed)), 200);
  using client = await rawClient(port);
  client.send("GET / HTTP/1.1\r\nHost: x\r\nX-User: u\r\n\r\n");
  await client.received(/200 OK/);
});
