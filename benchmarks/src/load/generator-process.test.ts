// Tests generators as long-running processes. They leave no connection behind, and the next job
// runs even when a generator has died.
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { join } from "node:path";
import t, { type Test } from "tap";
import { canned } from "../origin/answers.ts";
import { RequestReader } from "../origin/request-reader.ts";
import { descriptorLimit } from "../process/descriptors.ts";
import { Started } from "../process/started.ts";
import { GeneratorProcess } from "./generator-process.ts";
import { IGNORED, JOB } from "./given.ts";
import { LoadSide } from "./load-side.ts";

/** Starts a server in this process that answers each request with `bytes`; without `bytes` it does not answer. */
async function origin(t: Test, bytes: Buffer | undefined): Promise<Server & { port: number }> {
  const server = createServer((socket) => {
    const reader = new RequestReader(() => bytes !== undefined && socket.write(bytes));
    socket.on("data", (chunk: Buffer) => reader.push(chunk)).on("error", () => undefined);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  t.teardown(() => server.close());
  return Object.assign(server, { port: (server.address() as AddressInfo).port });
}

/** Returns once the last connection of `server` is closed. If a connection is left over, it never returns. */
async function allClosed(server: Server): Promise<void> {
  await once(server.close(), "close");
}

/** Makes a generator whose process runs the program `text`. */
function generator(t: Test, text: string, spareSeconds: number): GeneratorProcess {
  const file = join(t.testdir(), "generator.mjs");
  writeFileSync(file, text);
  const start = Started.start.bind(Started, [process.execPath, file]);
  return new GeneratorProcess("generator x", start, spareSeconds);
}

/**
 * Returns a program that answers every line with its own process id. For a job on port 13, the
 * program runs the code `unlucky` instead.
 */
const answering = (unlucky: string) => `
  import { createInterface } from "node:readline";
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.includes('"port":13')) { ${unlucky} }
    console.log(JSON.stringify({ requests: process.pid }));
  }`;

for (const file of ["own-process.ts", "autocannon-process.ts"])
  t.test(`${file}: one process for many jobs, each with its own errors`, async (t) => {
    await using side = new LoadSide([], descriptorLimit());
    const good = await origin(t, canned(128));
    const short = await origin(t, canned(127));
    const failing = await origin(t, canned(128, "502 Bad Gateway"));
    for (const [port, wrong] of [
      [good.port, false],
      [short.port, true],
      [failing.port, true],
      [good.port, false],
    ] as const) {
      const result = await side.run(file, { ...JOB, port }, IGNORED);
      t.equal(result.errors > 0, wrong, `${result.errors} errors`);
      t.equal(result.requests > 0, !wrong, `${result.requests} good answers`);
      t.ok(result.seconds >= 0.1 && result.seconds < 10, `${result.seconds} s`);
    }
    await allClosed(good);
  });

for (const file of ["own-process.ts", "autocannon-process.ts"])
  t.test(`${file}: connections are open before and after what is measured`, async (t) => {
    await using side = new LoadSide([], descriptorLimit());
    let [answers, connections] = [0, 0];
    const server = createServer((socket) => {
      connections++;
      const reader = new RequestReader(() => {
        answers++;
        socket.write(canned(128));
      });
      socket.on("data", (chunk: Buffer) => reader.push(chunk)).on("error", () => undefined);
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    t.teardown(() => server.close());
    const { port } = server.address() as AddressInfo;
    const seen: number[] = [];
    const see = () => void seen.push(answers, connections);
    const result = await side.run(file, { ...JOB, port }, { begins: see, ends: see });
    t.same(seen, [4, 4, 4 + result.requests, 4], "no request but those that count, none is missed");
    t.equal(result.errors, 0);
  });

const linux = process.platform === "linux" ? false : "the test reads /proc: Linux only";
const again = "jobs at the same time have a generator each, which later jobs use again";
t.test(again, { skip: linux }, async (t) => {
  await using side = new LoadSide([], descriptorLimit());
  const one = await origin(t, canned(128));
  const other = await origin(t, canned(127));
  const jobs = () =>
    Promise.all([
      side.run("own-process.ts", { ...JOB, port: one.port }, IGNORED),
      side.run("own-process.ts", { ...JOB, port: other.port }, IGNORED),
    ]);
  const running = () =>
    readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").trim().split(" ").length;
  for (const results of [await jobs(), await jobs()])
    t.match(results, [{ errors: 0 }, { requests: 0 }], "no answer is counted for the other job");
  t.equal(running(), 2);
});

t.test("requests without an answer are errors of their own job only", async (t) => {
  await using side = new LoadSide([], descriptorLimit());
  const silent = await origin(t, undefined);
  const good = await origin(t, canned(128));
  const openLoop = { ...JOB, rate: 100, connections: 2 };
  const without = await side.run("own-process.ts", { ...openLoop, port: silent.port }, IGNORED);
  const wrong = { "never answered": 12 };
  t.match(without, { requests: 0, wrong }, "ten due, behind two that opened the connections");
  const after = await side.run("own-process.ts", { ...openLoop, port: good.port }, IGNORED);
  t.match(after, { requests: 10, errors: 0 });
  await allClosed(silent);
});

t.test("a request is sent when it is due: the first at once, none an interval late", async (t) => {
  await using side = new LoadSide([], descriptorLimit());
  const { port } = await origin(t, canned(128));
  const job = { ...JOB, port, rate: 0.5, seconds: 4 };
  const { requests, p50Ms } = await side.run("own-process.ts", job, IGNORED);
  t.equal(requests, 2);
  t.ok(p50Ms < 1000, `${p50Ms} ms, of 2000 between two`);
});

t.test("a generator that dies says why, and is replaced", async (t) => {
  const dying = answering(`console.error("out of luck"); process.exit(3);`);
  await using x = generator(t, dying, 10);
  const first = await x.run(JOB, IGNORED);
  t.same(await x.run(JOB, IGNORED), first, "the same process");
  await t.rejects(x.run({ ...JOB, port: 13 }, IGNORED), {
    message: "generator x: exit 3\nout of luck",
  });
  const second = await x.run(JOB, IGNORED);
  t.not(second.requests, first.requests, "another process");
  t.throws(() => process.kill(first.requests, 0), "the first is gone");
});

t.test("a job that does not end is ended, and the next gets a fresh process", async (t) => {
  // Ten seconds are enough for a process to start on a busy machine. The endless job is ended after that time.
  await using x = generator(t, answering("for (;;);"), 10);
  const first = await x.run({ ...JOB, seconds: 5 }, IGNORED);
  const message = "generator x: no word from it within 10 s";
  await t.rejects(x.run({ ...JOB, port: 13 }, IGNORED), { message });
  t.throws(() => process.kill(first.requests, 0), "the first is gone");
  t.not((await x.run({ ...JOB, seconds: 5 }, IGNORED)).requests, first.requests);
});

t.test("the processes end with their side", async (t) => {
  const x = generator(t, answering(""), 10);
  const { requests: pid } = await x.run(JOB, IGNORED);
  await x[Symbol.asyncDispose]();
  t.throws(() => process.kill(pid, 0));
});
