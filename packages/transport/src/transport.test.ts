// Deadlines, read memory, addresses, listeners, and the life of a process.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import t from "tap";
import {
  type Clock,
  Deadlines,
  formatAddress,
  type Holder,
  Listener,
  networkMatcher,
  plainAddress,
  ReadBuffers,
  type Reader,
  SocketReads,
  type Timer,
  turnClock,
} from "./index.ts";

/** A clock that the test moves. */
class ManualClock implements Clock {
  #now = 0;
  #every: (() => void)[] = [];
  #after: (() => void)[] = [];
  now = (): number => this.#now;
  wall = (): number => this.#now;
  after(_ms: number, run: () => void): Timer {
    this.#after.push(run);
    return {
      cancel: () => {
        this.#after = this.#after.filter((other) => other !== run);
      },
    };
  }
  every(_ms: number, run: () => void): Timer {
    this.#every.push(run);
    return {
      cancel: () => {
        this.#every = this.#every.filter((other) => other !== run);
      },
    };
  }
  move(ms: number): void {
    this.#now += ms;
    for (const run of this.#every) run();
    while (this.step());
  }
  /** What was to happen after a while, but for what follows from it. Returns whether there was anything. */
  step(): boolean {
    const due = this.#after;
    this.#after = [];
    for (const run of due) run();
    return due.length > 0;
  }
}

t.test("deadlines: never early, found by the next sweep, movable, forgettable", async (t) => {
  const clock = new ManualClock();
  const deadlines = new Deadlines(clock);
  const expired: string[] = [];
  const watched = (name: string, at: number) => {
    const deadline = deadlines.add({
      expired() {
        expired.push(name);
        deadline.at = Number.POSITIVE_INFINITY;
      },
    });
    deadline.at = at;
    return deadline;
  };
  watched("soon", 100);
  const moved = watched("moved", 100);
  const forgotten = watched("forgotten", 100);
  watched("late", 1000);
  clock.move(99);
  t.same(expired, []);
  moved.at = 500;
  forgotten.end();
  clock.move(1);
  t.same(expired, ["soon"]);
  clock.move(400);
  clock.move(500);
  t.same(expired, ["soon", "moved", "late"]);
  deadlines.stop();
  clock.move(1000);
  t.equal(expired.length, 3);
});

t.test("deadlines: thousands come and go, and none touches another's", async (t) => {
  const clock = new ManualClock();
  const deadlines = new Deadlines(clock);
  const told: number[] = [];
  const add = (name: number) => {
    const deadline = deadlines.add();
    deadline.belongsTo({
      expired() {
        told.push(name);
        deadline.end();
      },
    });
    deadline.at = 100 + name;
    return deadline;
  };
  const first = Array.from({ length: 3000 }, (_, name) => add(name));
  for (const ended of first.slice(0, 1500)) ended.end();
  for (let name = 0; name < 1500; name++) add(5000 + name); // where those were that have ended
  for (const ended of first.slice(0, 1500)) {
    ended.at = 0;
    ended.belongsTo({ expired: () => t.fail("it has ended") });
    ended.end();
  }
  clock.move(2999);
  t.equal(told.length, 1400, "those of the first that are still there, until 2899");
  clock.move(5000);
  t.same(new Set(told).size, 3000, "each once");
  t.equal(told.length, 3000);
});

t.test("deadlines: one that is told may add others and end them, and stop all", async (t) => {
  const clock = new ManualClock();
  const deadlines = new Deadlines(clock);
  const told: string[] = [];
  const due = (name: string, does: () => void) => {
    const deadline = deadlines.add({
      expired() {
        told.push(name);
        does();
      },
    });
    deadline.at = 0;
    return deadline;
  };
  const one = due("adds", () => {
    one.end();
    for (let n = 0; n < 200; n++) due("added", () => undefined).end();
    two.end();
  });
  const two = due("ended before its turn", () => undefined);
  due("stops", () => deadlines.stop());
  due("after the stop", () => undefined);
  deadlines.sweep();
  deadlines.sweep();
  t.same(told, ["adds", "stops"]);
});

t.test("deadlines: of many that are due at once a few are told at a time", async (t) => {
  const clock = new ManualClock();
  const deadlines = new Deadlines(clock);
  const told: number[] = [];
  const all = Array.from({ length: 400 }, (_, name) => {
    const deadline = deadlines.add({
      expired() {
        told.push(name);
        deadline.at = Number.POSITIVE_INFINITY;
      },
    });
    deadline.at = 0;
    return deadline;
  });
  deadlines.sweep();
  t.equal(told.length, 50);
  deadlines.sweep();
  t.equal(told.length, 50, "one sweep after the other");
  for (const [name, deadline] of all.entries()) if (name >= 300) deadline.at = 1;
  clock.step();
  t.equal(told.length, 100);
  while (clock.step());
  t.same(
    told,
    Array.from({ length: 300 }, (_, name) => name),
    "not who has moved meanwhile",
  );
  clock.move(1);
  t.equal(told.length, 400);
  for (const deadline of all) deadline.at = 0;
  deadlines.sweep();
  deadlines.stop();
  t.notOk(clock.step(), "nothing is to come after the stop");
});

/** The reads of a socket whose last message was large, with a read of it made by hand. */
function bulkySocket(buffers: ReadBuffers) {
  const reader = {
    ...{ bulk: true, resting: true, receiveShared() {} },
    /** Whoever holds on to the next read. */
    holder: undefined as Holder | undefined,
    receiveOwned: (): Holder | undefined => reader.holder,
  };
  const reads = new SocketReads(buffers);
  reads.reader = reader satisfies Reader;
  const { buffer, callback } = reads.onread;
  const next = buffer as () => Buffer;
  const read = (memory: Buffer, resting: boolean): Buffer => {
    reader.resting = resting;
    callback(1, memory);
    return next();
  };
  return { reader, reads, next, read };
}

t.test("memory that somebody holds on to is used again when nobody does", async (t) => {
  const buffers = new ReadBuffers(turnClock(new ManualClock()));
  const { reader, reads, next, read } = bulkySocket(buffers);
  const client = { settled: false };
  reader.holder = client;
  const first = next();
  const second = read(first, false);
  t.not(second, first, "what waits for a client is not written over");
  const third = read(second, false);
  t.notOk([first, second].includes(third), "nor is what came after it");
  client.settled = true;
  reader.holder = undefined;
  const used = new Set([first, second, third]);
  for (let memory = third, reads = 0; reads < 6; reads++) {
    memory = read(memory, false);
    t.ok(used.has(memory), "the client has taken it all");
  }

  const gone = { settled: false };
  reader.holder = gone;
  const held = next();
  const other = { settled: false };
  const after = read(held, false);
  reader.holder = other;
  const last = read(after, false);
  gone.settled = true;
  reads.closed();
  const taken = Array.from({ length: 8 }, () => buffers.take());
  t.notOk(
    taken.includes(held),
    "of two that hold on, it is known of one only whether it has let go",
  );
  t.notOk(taken.includes(after), "this one has not");
  t.ok(taken.includes(last), "what waited for the next read is for others");
});

t.test("when many sockets have much memory, the next ones get less", async (t) => {
  const buffers = new ReadBuffers(turnClock(new ManualClock()));
  const sizes = () => Array.from({ length: 300 }, () => buffers.take());
  const all = sizes();
  t.equal(all.filter(({ length }) => length === 128 * 1024).length, 256);
  t.equal(all.filter(({ length }) => length === 32 * 1024).length, 44);
  for (const memory of all.slice(0, 200)) buffers.give(memory);
  for (const memory of all.slice(200)) buffers.lose(memory);
  t.same(
    sizes().map(({ length }) => length),
    all.map(({ length }) => length),
  );
});

t.test("few sockets keep memory of their own while they rest", async (t) => {
  const buffers = new ReadBuffers(turnClock(new ManualClock()));
  const [first, second, last] = [bulkySocket(buffers), bulkySocket(buffers), bulkySocket(buffers)];
  const memory = first.next();
  const beside = second.next();
  const rest = Array.from({ length: 200 }, () => bulkySocket(buffers).next());
  const own = new Set([memory, beside, ...rest].filter((one) => one !== buffers.shared));
  t.equal(own.size, 128, "each has its own, the others read where all read");
  t.equal(last.next(), buffers.shared);

  t.equal(first.read(memory, false), memory, "one whose message comes needs it, and rests no more");
  t.not(last.next(), buffers.shared, "so another may");
  t.equal(first.read(memory, true), buffers.shared, "and it may not when it rests again");

  second.reads.closed();
  second.reads.closed();
  t.equal(buffers.resting, 127, "one that is gone keeps nothing");
  t.equal(first.read(buffers.shared, true), beside, "what it kept is used again");
  const taken = Array.from({ length: 3 }, () => buffers.take());
  t.notOk(taken.includes(beside), "by one only");
  t.equal(new Set(taken).size, 3);
});

t.test("addresses as people write them", async (t) => {
  t.equal(formatAddress({ host: undefined, port: 80 }), "*:80");
  t.equal(formatAddress({ host: "::1", port: 80 }), "[::1]:80");
  t.equal(plainAddress("::ffff:10.0.0.1"), "10.0.0.1");
  t.equal(plainAddress(undefined), "");
});

t.test("trusted networks", async (t) => {
  const trusted = networkMatcher(["127.0.0.1", "10.0.0.0/8", "fd00::/8"]);
  for (const address of ["127.0.0.1", "10.255.0.1", "fd00::2"]) t.ok(trusted(address), address);
  for (const address of ["127.0.0.2", "11.0.0.1", "fe80::1", ""])
    t.notOk(trusted(address), address);
  t.notOk(networkMatcher([])("127.0.0.1"));
  t.throws(() => networkMatcher(["10.0.0.0/8", "localhost"]), /"localhost"/);
});

t.test("a listener whose port is taken names the address and what to do", async (t) => {
  const address = { host: "127.0.0.1", port: 0 };
  const first = new Listener({ address, accepted: (socket) => socket.end("hello") });
  await first.listen();
  t.teardown(() => first.close());
  const second = new Listener({ address: { ...address, port: first.port }, accepted: () => {} });
  await t.rejects(second.listen(), new RegExp(`127\\.0\\.0\\.1:${first.port}: another process`));
  const [chunk] = await once(connect(first.port, "127.0.0.1"), "data");
  t.equal(String(chunk), "hello", "the first goes on");
  const elsewhere = new Listener({ address: { host: "192.0.2.1", port: 0 }, accepted: () => {} });
  await t.rejects(elsewhere.listen(), /no such address/);
});

t.test(
  "two listeners share a port with reusePort; closing one keeps its connections",
  async (t) => {
    const address = { host: "127.0.0.1", port: 0 };
    const reply = (words: string) => ({
      reusePort: true,
      accepted: (socket: Socket) => void socket.on("data", () => socket.write(words)),
    });
    const first = new Listener({ address, ...reply("1") });
    await first.listen();
    const second = new Listener({ address: { ...address, port: first.port }, ...reply("2") });
    await second.listen();
    const answered = new Map<string, Socket>();
    for (let i = 0; i < 200 && answered.size < 2; i++) {
      const socket = connect(first.port, "127.0.0.1");
      socket.write("?");
      const [chunk] = await once(socket, "data");
      if (answered.has(String(chunk))) socket.destroy();
      else answered.set(String(chunk), socket);
    }
    t.same([...answered.keys()].sort(), ["1", "2"]);
    first.close();
    const kept = answered.get("1");
    kept?.write("?");
    t.equal(String((await once(kept ?? t, "data"))[0]), "1");
    second.close();
    for (const socket of answered.values()) socket.destroy();
  },
);

const FIXTURE = fileURLToPath(new URL("../test/service.ts", import.meta.url));

/** Runs the fixture service in a process; `how` chooses its behaviour. */
async function ran(how: string, signals: readonly NodeJS.Signals[]) {
  const child = spawn(process.execPath, [FIXTURE, how], {
    env: { PATH: process.env.PATH },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk) => {
      text += chunk;
    });
  }
  const exit = once(child, "exit");
  const ready = once(child, "message").then(([message]) => message);
  if (how !== "fail") t.same(await ready, { type: "ready", addresses: ["test://"] });
  for (const signal of signals) {
    child.kill(signal);
    await Promise.race([once(child.stdout ?? child, "data"), exit]);
  }
  if (how === "orphan") child.disconnect();
  const [code] = await exit;
  return { code, text };
}

t.test(
  "a process drains on SIGTERM, SIGINT and the loss of its supervisor, and exits 0",
  async (t) => {
    for (const [how, signals] of [
      ["serve", ["SIGTERM"]],
      ["serve", ["SIGINT"]],
      ["orphan", []],
    ] as const) {
      const { code, text } = await ran(how, signals);
      t.equal(code, 0, `${how} ${signals}`);
      t.match(text, /start[\s\S]*drain[\s\S]*stop[\s\S]*close/);
    }
  },
);

t.test(
  "a second signal ends the drain; a failed start and a crash exit 1 with their words",
  async (t) => {
    t.equal((await ran("hang", ["SIGTERM", "SIGTERM"])).code, 130);
    t.match(await ran("fail", []), { code: 1, text: /port taken/ });
    t.match(await ran("crash", []), { code: 1, text: /came apart[\s\S]*stop/ });
  },
);
