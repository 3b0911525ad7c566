// Servers without checks: the state that the status shows for them follows only from visitors' requests.
import type { RequestListener } from "node:http";
import t from "tap";
import { readinessOf } from "../src/admin/own-readiness.ts";
import { statusPage } from "../src/admin/status-page.ts";
import { LiveTraffic } from "../src/health/live-traffic.ts";
import { type BalancerOptions, createBalancer } from "../src/index.ts";
import { COUNTER, type Counter, ROW } from "../src/memory/counters.ts";
import { Tally } from "../src/memory/tally.ts";
import { get, givenOrigin, statusOf, until } from "./given.ts";
import { freePort } from "./given-reloadable.ts";

const ok: RequestListener = (_, response) => response.end("ok");

/** Returns a balancer before servers on these ports, with functions that read its status. */
async function before(
  ports: readonly number[],
  backend: Partial<BalancerOptions["backends"][string]> = {},
) {
  const servers = ports.map((port, index) => [`s${index + 1}`, { address: `127.0.0.1:${port}` }]);
  const balancer = createBalancer({
    frontends: { front: { bind: "127.0.0.1:0", routes: [{ backend: "app" }] } },
    backends: { app: { servers: Object.fromEntries(servers), ...backend } },
  });
  await balancer.start();
  return {
    get: async () => statusOf(await get(balancer.port())),
    status: () => balancer.status(),
    server: () => balancer.status().backends[0]?.servers[0],
    way: () => {
      const { health, problems, backends } = balancer.status();
      return { health, problems, link: backends[0]?.chain[0]?.state };
    },
    [Symbol.asyncDispose]: () => balancer.close(),
  };
}

t.test("a server without checks is unknown until a request was answered", async (t) => {
  await using app = await givenOrigin(ok);
  const gone = await freePort();
  for (const check of [undefined, false] as const) {
    // With the algorithm `first`, the second server gets no request while the first has room. So
    // the backend is healthy although no request has shown that the second server works.
    await using balancer = await before([app.port, gone], {
      ...(check === false && { check }),
      balance: { algorithm: "first" },
    });
    const why = /^s1: no check .*no request .*add check: tcp .*; s2: /;
    const problems = [{ backend: "app", name: "app", state: "unknown", since: "", why }];
    t.match(balancer.way(), { health: "unknown", problems, link: "unknown" });
    t.match(
      statusPage(balancer.status()),
      /class="unknown">unknown<.*app <span class="unknown">UNKNOWN</s,
    );
    t.match(
      readinessOf(balancer.status()),
      { status: "pass", output: "" },
      "the balancer is ready",
    );
    t.equal(await balancer.get(), 200);
    await until(() => balancer.way().health === "healthy");
    t.same(balancer.way(), { health: "healthy", problems: [], link: "up" });
    t.equal(
      balancer.server()?.check.checked,
      false,
      "the server's row still says that it is not checked",
    );
  }
  await using checked = await before([app.port], { check: "tcp" });
  t.match(checked.way(), { health: "healthy", problems: [], link: "up" });
});

t.test("a server that answered once and now fails every request is not up", async (t) => {
  const port = await freePort();
  await using never = await before([port], { check: false });
  t.equal(await never.get(), 502);
  const fails = /^s1: no check .*the last requests .* failed; add check/;
  await until(() => fails.test(never.way().problems[0]?.why ?? ""));
  {
    await using _ = await givenOrigin(ok, port);
    t.equal(await never.get(), 200);
    await until(() => never.way().link === "up");
  }
  t.equal(await never.get(), 502);
  await until(() => never.way().link === "unknown");
  t.match(never.way(), { health: "unknown", problems: [{ why: fails }] });
});

t.test("what the requests between two readings of the counters show", async (t) => {
  const memory = new SharedArrayBuffer(ROW * Float64Array.BYTES_PER_ELEMENT);
  const { row } = new Tally(memory, 0);
  const traffic = new LiveTraffic(new Tally(memory, 0));
  const seen = (...counters: Counter[]) => {
    for (const counter of counters) row[counter] = (row[counter] ?? 0) + 1;
    const refused = traffic.look();
    return refused ? `${traffic.word}, refused` : traffic.word;
  };
  const { timed, responses2xx, responses4xx, responses5xx, responseErrors, connectErrors } =
    COUNTER;
  t.equal(seen(), "none");
  t.equal(
    seen(timed, responses5xx),
    "none",
    "an answer with an error does not show that the server works",
  );
  t.equal(
    seen(responses4xx),
    "none",
    "an answer of the balancer itself shows nothing about the server",
  );
  t.equal(seen(timed, responses4xx), "answers");
  t.equal(seen(), "answers");
  t.equal(seen(timed, responses5xx), "answers", "one failing page changes nothing");
  t.equal(
    seen(responses5xx),
    "answers",
    "a 503 of the balancer itself, for lack of descriptors, changes nothing",
  );
  t.equal(
    seen(responseErrors, timed, responses2xx),
    "answers",
    "a second try that succeeds counts as an answer",
  );
  t.equal(seen(responseErrors), "fails");
  t.equal(seen(), "fails");
  t.equal(seen(connectErrors, timed, responses2xx), "answers, refused");
  t.equal(seen(connectErrors), "fails, refused");
  traffic.restart();
  t.equal(seen(), "none");
});

t.test("a failed connection leads to a check, and the status shows its result", async (t) => {
  const port = await freePort();
  await using balancer = await before([port]);
  await balancer.get();
  await until(() => balancer.way().health === "down");
  await using _ = await givenOrigin(ok, port);
  await until(() => balancer.server()?.state === "up");
  t.match(balancer.way(), { health: "healthy", link: "up" });
});
