// The laboratory uses the rules of the balancer, not copies. To show that, this test changes each rule while the
// balancer's file is loaded, and the result of a simulation must then change too. If the laboratory had a copy of the
// rule, the result would stay the same. The imports show that the serving balancer uses the same files.
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import t from "tap";
import type { Scenario } from "../src/index.ts";

const BALANCER = new URL("../../balancer/src/", import.meta.url);

interface Change {
  /**
   * `rule` is the balancer's file that contains the rule. `server` is a file of the serving
   * balancer that imports the rule.
   */
  readonly rule: string;
  readonly server: string;
  readonly from: string;
  readonly to: string;
}

/**
 * Returns code for a condition that is true only while `globalThis.off` is `name`. So the rule
 * stays unchanged until a test sets `globalThis.off`.
 */
const off = (name: string) => `if (Reflect.get(globalThis, "off") === "${name}")`;
const CHANGES = {
  budget: {
    rule: "backend/retry-budget.ts",
    server: "backend/backend.ts",
    from: "  take(): boolean {",
    to: `  take(): boolean { ${off("budget")} return false;`,
  },
  errors: {
    rule: "exchange/proxy-error.ts",
    server: "exchange/attempts.ts",
    from: "neverSent(code: ProxyErrorCode): boolean {",
    to: `neverSent(code: ProxyErrorCode): boolean { ${off("errors")} return true;`,
  },
  health: {
    rule: "health/rise-and-fall.ts",
    server: "health/monitor.ts",
    from: "    const alone =",
    to: `    ${off("health")} return false;\n    const alone =`,
  },
  "slow start": {
    rule: "eligibility/slow-start.ts",
    server: "balance/weigh.ts",
    from: "  if (!(ageMs < windowMs)) return 1;",
    to: `  ${off("slow start")} return 1;\n  if (!(ageMs < windowMs)) return 1;`,
  },
  limit: {
    rule: "eligibility/slow-start.ts",
    server: "balance/weigh.ts",
    from: "  if (maxConnections === 0 ||",
    to: `  ${off("limit")} return maxConnections;\n  if (maxConnections === 0 ||`,
  },
  queue: {
    rule: "backend/queue.ts",
    server: "backend/waiting.ts",
    from: "    if (this.#length >= this.#limit) return undefined;",
    to: `    ${off("queue")} return undefined;\n    if (this.#length >= this.#limit) return undefined;`,
  },
  "queue of a server": {
    rule: "backend/server-queues.ts",
    server: "backend/waiting.ts",
    from: "    const queue = this.#queues.get(server);\n    if (queue === undefined ||",
    to: `    const queue = this.#queues.get(server);\n    ${off("queue of a server")} return undefined;\n    if (queue === undefined ||`,
  },
  waiting: {
    rule: "backend/waiting.ts",
    server: "backend/backend.ts",
    from: "  advance(): void {",
    to: `  advance(): void { ${off("waiting")} return;`,
  },
} as const satisfies Record<string, Change>;

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    if (!url.startsWith(BALANCER.href)) return loaded;
    let source = String(loaded.source);
    for (const { rule, from, to } of Object.values(CHANGES))
      if (url === new URL(rule, BALANCER).href) source = source.replace(from, to);
    return { ...loaded, source };
  },
});

const { simulate } = await import("../src/index.ts");

const BASE: Scenario = {
  name: "base",
  durationMs: 10_000,
  traffic: { kind: "open", arrivals: { kind: "poisson", rate: 400 } },
  service: { kind: "exponential", mean: 10 },
  servers: [{ count: 4 }],
};
const LIMITED = [{ count: 4, maxConnections: 1 }];

/** For each rule, computes a figure of a simulation that must change when the rule is off. */
const SHOWS: Readonly<Record<keyof typeof CHANGES, () => number>> = {
  budget: () => retries(),
  errors: () => retries(),
  health: () =>
    run({
      health: { intervalMs: 500, timeoutMs: 200, rise: 2, fall: 3 },
      faults: [{ kind: "crash", mode: "refuse", servers: [0], atMs: 1_000 }],
    }).counts.failed,
  "slow start": () => newcomer({}),
  limit: () => newcomer({ maxConnections: 100 }),
  queue: () => run({ servers: LIMITED, balancers: { queueLimit: 1_000 } }).counts.rejected,
  "queue of a server": () =>
    run(
      {
        servers: LIMITED.map((group) => ({ ...group, balancerQueue: { limit: 1_000 } })),
        keys: { count: 100, zipf: 0 },
      },
      "uri",
    ).counts.rejected,
  waiting: () => run({ servers: LIMITED, balancers: { queueLimit: 1_000 } }).counts.rejected,
};

const run = (more: Partial<Scenario>, algorithm = "round-robin") =>
  simulate({ ...BASE, ...more }, { algorithm });

function retries(): number {
  return run({
    client: { timeoutMs: 5_000, attemptTimeoutMs: 100, retries: { max: 1, budget: true } },
    faults: [{ kind: "crash", mode: "hang", servers: [0, 1] }],
  }).retries;
}

function newcomer(group: { maxConnections?: number }): number {
  const { servers } = run({
    servers: [
      { count: 3, ...group },
      { count: 1, ...group, joinsAtMs: 2_000 },
    ],
    slowStart: { windowMs: 60_000, curve: "linear", aggression: 1, minimum: 0.1 },
    faults: [{ kind: "crash", mode: "hang", atMs: 0 }],
    client: { timeoutMs: 5_000 },
  });
  return servers[3]?.picks ?? 0;
}

for (const name of Object.keys(CHANGES) as (keyof typeof CHANGES)[]) {
  const { rule, server, from } = CHANGES[name];
  t.test(`${name}: ${rule}`, async (t) => {
    t.ok(
      readFileSync(new URL(rule, BALANCER), "utf8").includes(from),
      "the line that is changed is in the file",
    );
    const file = rule.split("/").at(-1);
    t.ok(
      readFileSync(new URL(server, BALANCER), "utf8").includes(`/${file}";`),
      `${server} imports the rule`,
    );
    const before = SHOWS[name]();
    t.equal(SHOWS[name](), before, "two runs with the rule give the same number");
    Reflect.set(globalThis, "off", name);
    const after = SHOWS[name]();
    Reflect.set(globalThis, "off", undefined);
    t.not(after, before, `${before} with the rule, ${after} without`);
  });
}
