import { setImmediate as turn } from "node:timers/promises";
import type { Clock } from "@tandem/transport";
import t from "tap";
import { Dependencies, type Dependency } from "./readiness.ts";

/** Makes a clock that moves only when the test moves it. The clock then runs the timers that are due. */
function manual() {
  let now = 0;
  const timers = new Set<{ readonly at: number; readonly run: () => void }>();
  const clock: Clock = {
    now: () => now,
    wall: () => now,
    after(ms, run) {
      const timer = { at: now + ms, run };
      timers.add(timer);
      return { cancel: () => timers.delete(timer) };
    },
    every: () => ({ cancel: () => undefined }),
  };
  const move = async (ms: number): Promise<void> => {
    now += ms;
    for (const timer of timers) {
      if (timer.at > now) continue;
      timers.delete(timer);
      timer.run();
    }
    await turn();
    await turn();
  };
  return { clock, move };
}

function database(kind: Dependency["kind"] = "database", away: Dependency["away"] = "fail") {
  const asked: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const ask = (): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    asked.push({ resolve, reject });
    return promise;
  };
  const dependency: Dependency = { kind, where: "mysql://db:3306/site", away, ask };
  return { dependency, asked };
}

t.test(
  "many requests for readiness ask each dependency once, and at most once in an interval",
  async (t) => {
    const { clock, move } = manual();
    const { dependency, asked } = database();
    const dependencies = new Dependencies([dependency], clock);
    const all = Promise.all(Array.from({ length: 50 }, () => dependencies.readiness()));
    await turn();
    t.equal(asked.length, 1);
    asked[0]?.resolve();
    t.ok((await all).every(({ status }) => status === "pass"));
    for (let i = 0; i < 50; i++) await dependencies.readiness();
    t.equal(asked.length, 1);
    await move(500);
    void dependencies.readiness();
    t.equal(asked.length, 2);
  },
);

t.test("reports which dependency is away, since when and why, and that it is back", async (t) => {
  const { clock, move } = manual();
  const { dependency, asked } = database();
  const dependencies = new Dependencies([dependency], clock);
  await move(1000);
  const first = dependencies.readiness();
  asked[0]?.reject(new Error("connect ECONNREFUSED 10.0.0.1:3306"));
  const away = {
    componentId: "mysql://db:3306/site",
    status: "fail",
    since: new Date(1000).toISOString(),
  };
  t.match(await first, {
    ...{ status: "warn", output: "database: connect ECONNREFUSED 10.0.0.1:3306" },
    checks: { database: [away] },
  });
  await move(5000);
  const second = dependencies.readiness();
  asked[1]?.reject(new AggregateError([Object.assign(new Error(""), { code: "ECONNREFUSED" })]));
  t.match(await second, { output: "database: ECONNREFUSED", checks: { database: [away] } });
  await move(5000);
  const third = dependencies.readiness();
  asked[2]?.resolve();
  t.match(await third, { status: "pass", output: "", checks: { database: [{ status: "pass" }] } });
});

t.test(
  "a frozen database: no request for readiness waits, none piles up, and the database is soon reported away",
  async (t) => {
    const { clock, move } = manual();
    const { dependency, asked } = database();
    const store = database("sessions", "warn");
    const dependencies = new Dependencies([dependency, store.dependency], clock);
    const first = dependencies.readiness();
    store.asked[0]?.resolve();
    await move(250);
    t.match(await first, { status: "pass" }, "the last known state");
    for (let gone = 0; gone < 3000; gone += 250) {
      const report = dependencies.readiness();
      store.asked.at(-1)?.resolve();
      await move(250);
      await report;
    }
    t.equal(asked.length, 1, "the database still has the first question");
    t.ok(store.asked.length > 3);
    t.match(
      await Promise.race([
        dependencies.readiness(),
        move(250).then(() => dependencies.readiness()),
      ]),
      {
        ...{ status: "warn", output: "database: no answer within 800 ms" },
        checks: { database: [{ status: "fail" }], sessions: [{ status: "pass" }] },
      },
    );
  },
);

t.test("without the session store pages still work", async (t) => {
  const { clock } = manual();
  const { dependency, asked } = database("sessions", "warn");
  const report = new Dependencies([dependency], clock).readiness();
  asked[0]?.reject(new Error("gone"));
  t.match(await report, {
    status: "warn",
    checks: { sessions: [{ status: "warn", output: "gone" }] },
  });
});
