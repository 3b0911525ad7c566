// Tests the supervisor's decisions with tables of cases: when to restart a process, which of its lines to keep, why it
// did not start, and how healthy the site is.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { parseConfig } from "@tandem/config";
import { type Clock, systemClock } from "@tandem/transport";
import t from "tap";
import { type BalancerStatus, readStatus, strangerOf } from "./admin-status.ts";
import { serverNotices } from "./cli/server-notices.ts";
import { duration, statusText } from "./cli/status-text.ts";
import { LineRing } from "./line-ring.ts";
import { Pulse } from "./pulse.ts";
import { DEFAULT_BOUNDS, RestartPolicy } from "./restart-policy.ts";
import type { RunReport } from "./run-file.ts";
import { judge } from "./site-health.ts";
import { explainFailure } from "./start-failure.ts";
import { tierEnvironment } from "./tier-environment.ts";

const NOTHING: BalancerStatus = {
  ...{ site: undefined, box: undefined, pid: undefined },
  ...{ health: "healthy", draining: false, servers: [], links: [], ailingFrontends: [] },
};

function policyAt(rng: number): {
  policy: RestartPolicy;
  live(ms: number): number;
  hang(ms: number): number;
} {
  let now = 0;
  const clock: Clock = { ...systemClock, now: () => now };
  const policy = new RestartPolicy(clock, () => rng);
  return {
    policy,
    live(ms) {
      policy.ready();
      now += ms;
      return policy.died();
    },
    hang(ms) {
      now += ms;
      return policy.died();
    },
  };
}

t.test(
  "the environment of a tier: one arena where one thread works, unless the operator says otherwise",
  async (t) => {
    const { MALLOC_ARENA_MAX: before } = process.env;
    t.teardown(() => {
      if (before === undefined) delete process.env.MALLOC_ARENA_MAX;
      else process.env.MALLOC_ARENA_MAX = before;
    });
    delete process.env.MALLOC_ARENA_MAX;
    const arenas = (tier: "appserver" | "balancer") => tierEnvironment(tier).MALLOC_ARENA_MAX;
    t.same([arenas("appserver"), arenas("balancer")], ["1", undefined]);
    t.equal(tierEnvironment("webserver").PATH, process.env.PATH);
    process.env.MALLOC_ARENA_MAX = "4";
    t.same([arenas("appserver"), arenas("balancer")], ["4", "4"]);
  },
);

t.test("delays: at once, then doubling up to the bound", async (t) => {
  const { live } = policyAt(1);
  const delays = Array.from({ length: 8 }, () => live(10));
  t.same(delays, [0, 250, 500, 1000, 2000, 4000, 5000, 5000]);
});

t.test("jitter only shortens, by a quarter at most", async (t) => {
  const { live } = policyAt(0);
  t.same(
    Array.from({ length: 7 }, () => live(10)),
    [0, 187.5, 375, 750, 1500, 3000, 3750],
  );
});

t.test(
  "after a stable run earlier deaths are forgotten, after a slightly shorter run they are not",
  async (t) => {
    const { policy, live } = policyAt(1);
    for (let i = 0; i < 4; i += 1) live(10);
    t.ok(policy.crashLoop);
    t.equal(live(DEFAULT_BOUNDS.stableMs - 1), 2000);
    t.equal(live(DEFAULT_BOUNDS.stableMs), 0);
    t.notOk(policy.crashLoop);
  },
);

t.test("a long time before it is ready does not count as stable", async (t) => {
  const { policy, live, hang } = policyAt(1);
  live(60_000);
  t.same([hang(15_000), hang(15_000), hang(15_000)], [250, 500, 1000]);
  t.ok(policy.crashLoop);
});

t.test("never overflows", async (t) => {
  const { live } = policyAt(1);
  for (let i = 0; i < 2000; i += 1) live(0);
  t.equal(live(0), DEFAULT_BOUNDS.maxMs);
});

t.test("the ring keeps the last lines, whatever is written", async (t) => {
  const ring = new LineRing(2);
  t.same(ring.push("a\nb\nc"), ["a", "b"]);
  t.same(ring.lines(), ["a", "b", "c"]);
  t.same(ring.push("d\n"), ["cd"]);
  t.same(ring.lines(), ["b", "cd"]);
  ring.push("x".repeat(1_000_000));
  t.equal(ring.lines().at(-1)?.length, 2000);
});

t.test("status: the balancer's report, and the verdict", async (t) => {
  const lists = { backends: [{ name: "web", servers: [{ name: "box1", state: "up" }] }] };
  const keyed = { backends: { web: { servers: { box1: { status: "UP" } } } } };
  const box1 = {
    ...{ backend: "web", server: "box1", state: "UP" },
    ...{ degraded: false, checked: true, why: "" },
  };
  for (const shape of [lists, keyed]) t.match(readStatus(shape).servers, [box1]);
  for (const nonsense of [undefined, null, 7, "x", [], { backends: 3 }])
    t.same(readStatus(nonsense), { ...NOTHING, health: undefined }, String(nonsense));

  const tier = { box: "box1", since: "", pid: 1, restarts: 0, addresses: [] };
  const run = (state: "ready" | "gone" | "silent"): RunReport => ({
    ...{ box: "box1", pid: 1, startTime: "1", since: "", config: "" },
    tiers: [
      { ...tier, tier: "webserver", state: "ready" },
      { ...tier, tier: "appserver", state },
    ],
  });
  const admin = "127.0.0.1:8404";
  const told = (health: string | undefined, ...states: string[]): BalancerStatus => ({
    ...{ ...NOTHING, health },
    servers: states.map((state) => ({ ...box1, server: state, state, forSeconds: 1 })),
  });
  const verdict = (runs: readonly RunReport[], balancer?: BalancerStatus, at?: string) =>
    judge({ runs, balancer, admin: at }).health;
  t.equal(verdict([]), "down");
  t.equal(
    verdict([], told("healthy"), admin),
    "healthy",
    "under systemd the balancer's own report counts",
  );
  t.equal(verdict([], told("down"), admin), "down");
  t.equal(verdict([], undefined, admin), "down", "the balancer does not answer");
  t.equal(verdict([run("ready")], undefined, admin), "down");
  t.equal(verdict([run("ready")]), "healthy", "a box without a balancer");
  const alone = {
    ...run("ready"),
    tiers: [{ ...tier, tier: "balancer", state: "ready" }],
  } as const;
  t.match(judge({ runs: [alone], balancer: undefined, admin: undefined }), {
    health: "unknown",
    problems: [{ state: "unknown", why: /add admin: \{ bind: "127\.0\.0\.1:8404" \}/ }],
  });
  t.equal(verdict([run("ready")], told("unknown", "UP"), admin), "unknown", "no check tests it");
  t.equal(verdict([run("gone")], told("unknown", "UP"), admin), "degraded");
  t.equal(verdict([run("gone")], told("healthy"), admin), "degraded");
  t.equal(verdict([run("silent")], told("healthy"), admin), "degraded");
  t.equal(verdict([run("ready")], told("degraded"), admin), "degraded");
  t.equal(verdict([run("ready")], { ...told("healthy"), draining: true }, admin), "degraded");
  t.equal(
    verdict([run("ready")], told(undefined, "UP", "DOWN"), admin),
    "degraded",
    "an older balancer",
  );
  t.equal(verdict([run("ready")], told(undefined, "DOWN"), admin), "down");
  t.same([500, 61_000, 3_600_000, 90_061_000].map(duration), ["0s", "1m 1s", "1h 0m", "1d 1h"]);
});

t.test("status: a server without a check is not shown as up", async (t) => {
  const check = { checked: false, why: "not checked: the backend has no check" };
  const servers = [
    { name: "box1", state: "up", check },
    { name: "box2", state: "down", check: { ...check, why: "L4CON" } },
    { name: "older", state: "up" },
  ];
  const balancer = readStatus({ health: "healthy", backends: [{ name: "web", servers }] });
  const facts = { site: "x", at: "", health: "healthy", problems: [], runs: [] } as const;
  const rows = statusText({ ...facts, balancer });
  t.match(rows, /web +box1 +no check +not checked: the backend has no check/);
  t.match(rows, /web +box2 +DOWN/);
  t.match(rows, /web +older +UP/);
});

t.test(
  "status: the time of a silent process counts from its silence, not from its start",
  async (t) => {
    const at = "2026-11-28T17:02:04.000Z";
    const fact = {
      box: "box1",
      since: "2026-11-28T17:00:00.000Z",
      pid: 1,
      restarts: 0,
      addresses: [],
    };
    const shown = (state: "silent" | "gone", stateSince?: string): string => {
      const tiers = [{ ...fact, tier: "appserver", state, stateSince }] as const;
      const run = { box: "box1", pid: 1, startTime: "1", since: "", config: "", tiers };
      const { health, problems } = judge({ runs: [run], balancer: undefined, admin: undefined });
      return statusText({ site: "x", at, health, problems, runs: [run], balancer: undefined });
    };
    const lately = "2026-11-28T17:02:01.000Z";
    t.match(shown("silent", lately), /is silent for 3s:.*appserver +silent +1 +3s/s);
    t.match(shown("gone", lately), "is gone for 3s:");
    t.match(shown("silent"), "is silent for 2m 4s:", "an older supervisor does not say");
  },
);

t.test("status: whether the balancer of the file answers, or another one", async (t) => {
  const told = readStatus({ site: "a.test", box: "box1", pid: 7, health: "healthy" });
  const asked = (site: string, box?: string) => strangerOf(told, { site, box });
  t.equal(asked("a.test"), undefined);
  t.equal(asked("a.test", "box1"), undefined);
  t.equal(asked("b.test"), "a.test, box box1, process 7");
  t.equal(asked("a.test", "box2"), "a.test, box box1, process 7");
  t.equal(strangerOf(NOTHING, { site: "b.test", box: "box1" }), undefined, "an older one");
});

t.test("status for a person: the way of a request, the problems, since when and why", async (t) => {
  const since = "2026-11-28T17:00:00.000Z";
  const link = (name: string, state: string, why = "") => ({
    ...{ backend: "web", name, state, why },
    since: state === "up" ? "" : since,
  });
  const balancer = {
    ...{ ...NOTHING, health: "degraded" },
    links: [
      link("web", "up"),
      link("application", "degraded", "box1: L4CON refused"),
      link("database", "up"),
    ],
  };
  const seen = { runs: [], balancer, admin: "127.0.0.1:8404" };
  const { health, problems } = judge(seen);
  const said = statusText({
    ...seen,
    site: "x.test",
    at: "2026-11-28T17:00:35.000Z",
    health,
    problems,
  });
  t.match(
    said,
    /^x\.test: degraded\n\nbalancer up → web up → application degraded → database up\n/,
  );
  t.match(said, "\napplication is degraded for 35s: box1: L4CON refused\n");
});

/** The report of a balancer whose certificate has expired, while all tiers behind the balancer are well. */
const SHUT = {
  ...{ site: "x.test", box: "x", health: "down" },
  problems: [
    {
      ...{ frontend: "https", backend: "", name: "frontend https", state: "down" },
      ...{ since: "2026-11-25T17:00:00.000Z", why: "certificate for x.test: x.crt EXPIRED" },
    },
    { frontend: "", backend: "web", name: "database", state: "down", since: "", why: "away" },
    { name: "of an older balancer", backend: "web" },
    "nonsense",
  ],
  backends: [{ name: "web", chain: [{ name: "web", state: "up", since: "", why: "" }] }],
};

t.test("status for a person: a frontend whose certificate no client accepts", async (t) => {
  const balancer = readStatus(SHUT);
  const seen = { runs: [], balancer, admin: "127.0.0.1:8404" };
  const verdict = judge(seen);
  t.match(verdict, { health: "down", problems: [{ name: "frontend https", state: "down" }] });
  t.equal(verdict.problems.length, 1, "links are shown in the chain");
  const said = statusText({ ...seen, site: "x.test", at: "2026-11-28T17:00:00.000Z", ...verdict });
  t.match(
    said,
    "x.test: down\n\nbalancer up → web up\n\nfrontend https is down for 3d 0h: certificate for x.test: x.crt EXPIRED\n",
  );
});

t.test("status for a person: what no check has tested, and what to do", async (t) => {
  const why = "s1: no check looks at it; add check: tcp";
  const link = { backend: "web", name: "web", state: "unknown", since: "", why };
  const balancer = { ...NOTHING, health: "unknown", links: [link] };
  const seen = { runs: [], balancer, admin: "127.0.0.1:8404" };
  const said = statusText({ ...seen, site: "x.test", at: "", ...judge(seen) });
  t.match(said, `x.test: unknown\n\nbalancer up → web unknown\n\nweb is unknown: ${why}\n`);
});

t.test("up: a link without a check is neither waited for nor reported", async (t) => {
  let asked = 0;
  const chain = [{ name: "app", state: "unknown", since: "", why: "no check looks at it" }];
  let told: object = { site: "x.test", health: "unknown", backends: [{ name: "app", chain }] };
  const admin = createServer((_, answer) => {
    asked += 1;
    answer.end(JSON.stringify(told));
  });
  await once(admin.listen(0, "127.0.0.1"), "listening");
  t.teardown(() => admin.close());
  const { port } = admin.address() as AddressInfo;
  const config = parseConfig(
    `site: x.test
balancer:
  admin: { bind: "127.0.0.1:${port}" }
  frontends: { web: { bind: "127.0.0.1:9000", routes: [{ backend: app }] } }
  backends: { app: { servers: { one: { address: "127.0.0.1:3000" } } } }
`,
    "proxy.yaml",
    {},
  );
  const report = { box: "x", tier: "balancer", state: "ready", since: "", pid: 1 } as const;
  const notices = () => serverNotices(config, [{ ...report, restarts: 0, addresses: [] }]);
  t.same(await notices(), []);
  t.equal(asked, 1);
  told = SHUT;
  t.same(await notices(), [], "certificates have notices of their own");
  t.equal(asked, 2);
});

t.test("a process that does not answer is silent until it answers again", async (t) => {
  let now = 0;
  let tick = (): void => undefined;
  const every = (_ms: number, run: () => void) => {
    tick = run;
    return { cancel: () => undefined };
  };
  const clock: Clock = { ...systemClock, now: () => now, every };
  const pass = (seconds: number): void => {
    for (let s = 0; s < seconds; s++) {
      now += 1000;
      tick();
    }
  };
  const said: (boolean | number | string)[] = [];
  const pulse = new Pulse({
    clock,
    ask: () => said.push("?"),
    changed: (silent, forMs) => said.push(silent, forMs),
  });
  pass(5);
  t.same(said, ["?"], "an older process does not know the question");
  pulse.beat();
  pass(5);
  t.same(said, ["?", "?", true, 2000], "one question, one word of it, counted from the question");
  pulse.beat();
  pass(1);
  t.same(said, ["?", "?", true, 2000, false, 0, "?"]);
});

t.test("why a tier did not start, and what to do", async (t) => {
  const told = (line: string, code = 1) =>
    explainFailure(
      { name: "box1 webserver", lastLines: [line] },
      { code, words: `exit code ${code}` },
      "a.yaml",
    );
  t.match(
    told("a.yaml:1:1 wrong", 2),
    "  | a.yaml:1:1 wrong\nCorrect the file, then: tandem check a.yaml",
  );
  t.equal(told("boom"), "box1 webserver did not start: exit code 1\n  | boom");
  const lines = [
    "noise",
    "appserver: appserver.app: app.ts is wrong",
    "  at app.ts:1:2",
    "more: noise",
  ];
  t.equal(
    explainFailure(
      { name: "box1 appserver", lastLines: lines },
      { code: 3, words: "exit code 3" },
      "f",
    ),
    "box1 appserver did not start: appserver.app: app.ts is wrong\n  at app.ts:1:2\n  | noise\n  | more: noise",
    "the setting at fault comes first",
  );
  const odd = explainFailure({ name: "a", lastLines: [] }, { code: 2, words: "" }, "my site.yaml");
  t.match(odd, /tandem check 'my site\.yaml'$/, "advised commands can be pasted");
});
