// Tests names: how long their addresses are kept, when a name is resolved again, and what happens while the resolver
// does not answer.
import { once } from "node:events";
import { connect, createServer, type Server } from "node:net";
import t from "tap";
import type { Clock } from "./clock.ts";
import { NameResolver, Names, systemLookups } from "./index.ts";

/** A clock whose timers the test runs by hand. */
function givenClock() {
  const timers: { ms: number; run: () => void }[] = [];
  const clock: Clock = {
    now: () => 0,
    wall: () => 0,
    every: () => ({ cancel: () => undefined }),
    after: (ms, run) => {
      const timer = { ms, run };
      timers.push(timer);
      return { cancel: () => void timers.splice(timers.indexOf(timer) >>> 0, 1) };
    },
  };
  return { clock, timers };
}

function givenResolver() {
  const { clock, timers } = givenClock();
  const answers = new Map<string, readonly string[] | Error>();
  const seen: string[] = [];
  const resolver = new NameResolver({
    clock,
    lookups: {
      addressesOf: async (name) => {
        seen.push(`? ${name}`);
        const answer = answers.get(name) ?? Object.assign(new Error("x"), { code: "ENOTFOUND" });
        if (answer instanceof Error) throw answer;
        return answer;
      },
      ttlMsOf: async (name) => (name === "hosts" ? undefined : name === "short" ? 0 : 60_000),
    },
    changed: (name, addresses) => seen.push(`${name} = ${addresses.join(" ")}`),
    complain: (message) => seen.push(message),
  });
  /** Waits until a timer is set, then runs the timer at once. Returns the timer's duration. */
  const next = async () => {
    while (timers.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const timer = timers.shift();
    timer?.run();
    await new Promise((resolve) => setImmediate(resolve));
    return timer?.ms;
  };
  return { resolver, answers, seen, next, timers };
}

t.test("an answer is kept for its time to live, and a change is reported", async (t) => {
  const { resolver, answers, seen, next } = givenResolver();
  answers.set("app", ["10.0.0.2", "10.0.0.1", "10.0.0.1"]);
  await resolver.watch(["app", "127.0.0.1", "::1"]);
  t.same(
    seen.splice(0),
    ["? app", "app = 10.0.0.1 10.0.0.2"],
    "the addresses are sorted, without duplicates",
  );
  t.equal(await next(), 60_000);
  t.same(seen.splice(0), ["? app"], "the same addresses again are not a change");
  answers.set("app", ["10.0.0.3"]);
  t.equal(await next(), 60_000);
  t.same(seen, ["? app", "app = 10.0.0.3"]);
  resolver.stop();
});

t.test("without an answer the last addresses are kept, and the waits become longer", async (t) => {
  const { resolver, answers, seen, next } = givenResolver();
  answers.set("app", ["10.0.0.1"]);
  await resolver.watch(["app"]);
  answers.set("app", Object.assign(new Error("x"), { code: "EAI_AGAIN" }));
  seen.length = 0;
  const waits = [];
  for (let i = 0; i < 6; i++) waits.push(await next());
  t.same(waits, [60_000, 1_000, 2_000, 4_000, 8_000, 10_000]);
  t.match(seen[1], /the name app cannot be resolved \(EAI_AGAIN\); .* stay in use: 10\.0\.0\.1$/);
  t.notMatch(seen.join(), / = /, "no change");
  answers.set("app", ["10.0.0.1"]);
  await next();
  t.equal(await next(), 60_000, "as before");
  resolver.stop();
});

t.test("a name without any address is reported and resolved again", async (t) => {
  const { resolver, answers, seen, next } = givenResolver();
  await resolver.watch(["new"]);
  t.match(seen.pop(), /the name new cannot be resolved \(ENOTFOUND\); no address is known/);
  answers.set("new", ["10.0.0.9"]);
  t.equal(await next(), 1_000);
  t.equal(seen.pop(), "new = 10.0.0.9");
  resolver.stop();
});

t.test(
  "limits for a time to live that is 0 or unknown; names that are no longer needed are dropped",
  async (t) => {
    const { resolver, answers, next, seen, timers } = givenResolver();
    answers.set("short", ["10.0.0.1"]).set("hosts", ["10.0.0.2"]);
    await resolver.watch(["short"]);
    t.equal(await next(), 1_000);
    await resolver.watch(["hosts"]);
    t.equal(await next(), 10_000);
    seen.length = 0;
    await new Promise((resolve) => setImmediate(resolve));
    t.equal(timers.length, 1, "the other name is not resolved any more");
    resolver.stop();
    t.equal(timers.length, 0);
  },
);

async function listening(host: string, port = 0): Promise<Server> {
  const server = createServer((socket) => socket.end());
  server.listen(port, host);
  await once(server, "listening");
  return server;
}

t.test("connections use addresses in turn and skip one that refuses", async (t) => {
  const first = await listening("127.0.0.1");
  const address = first.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  const second = await listening("127.0.0.2", port);
  t.teardown(() => [first, second].forEach((server) => void server.close()));
  const names = new Names({ app: ["127.0.0.1", "127.0.0.2", "127.0.0.3"] });
  const reached = async (): Promise<string | undefined> => {
    const socket = connect({ host: "app", port, lookup: names.lookup });
    await once(socket, "connect");
    const { remoteAddress } = socket;
    socket.destroy();
    return remoteAddress;
  };
  const all = [await reached(), await reached(), await reached(), await reached()];
  t.same([...new Set(all)].sort(), ["127.0.0.1", "127.0.0.2"], "no server listens on the third");
  t.ok(names.has("app", "127.0.0.2"));
  names.learn("app", ["127.0.0.1"]);
  t.notOk(names.has("app", "127.0.0.2"));
  t.ok(names.has("127.0.0.2", "127.0.0.2"), "an address is an address of itself");
  t.equal(await reached(), "127.0.0.1");
  await t.rejects(once(connect({ host: "nobody", port, lookup: names.lookup }), "connect"), {
    code: "ENOTFOUND",
  });
});

t.test("names that the machine itself knows", async (t) => {
  t.match((await systemLookups.addressesOf("localhost")).join(), /127\.0\.0\.1|::1/);
  await t.rejects(systemLookups.addressesOf("nobody.invalid"));
});
