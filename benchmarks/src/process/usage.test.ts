// Tests how CPU time, memory and cores are read from /proc.
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import t from "tap";
import { parseCpuList, pinned, shareOut } from "./affinity.ts";
import { type CpuTime, cpuSecondsFrom } from "./cpu-time.ts";
import { cpuSecondsBetween, parseStat, usageOfTree } from "./usage.ts";

/** Returns a program that uses `ms` milliseconds of CPU time on its own thread, and then prints a line. */
const burning = (ms: number) => `
  const until = process.threadCpuUsage().user + ${ms * 1000};
  while (process.threadCpuUsage().user < until);
  require("node:worker_threads").parentPort.postMessage("done");`;
const STAYS = 'require("node:worker_threads").parentPort.on("message", () => {});';

const time = (ticks: number, threads: Record<string, number>): CpuTime => ({
  ticks,
  threads: new Map(Object.entries(threads)),
});

t.test("a line of /proc/PID/stat", async (t) => {
  const line = "12 (a b) c) S 7 12 12 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 1 0 100 1000 10 1";
  t.same(parseStat(line), { parent: 7, ticks: 300 });
});

t.test("nanoseconds of threads are summed, new ones from their beginning", async (t) => {
  const before = time(100, { 1: 4e9, 2: 1e9 });
  const after = time(150, { 1: 4.3e9, 2: 1.1e9, 3: 0.105e9 });
  t.equal(cpuSecondsFrom(before, after).toFixed(9), "0.505000000");
  t.equal(cpuSecondsFrom(undefined, time(30, { 9: 0.301e9 })), 0.301);
});

t.test(
  "ticks stand in where the kernel counts no nanoseconds, or threads have ended",
  async (t) => {
    t.equal(cpuSecondsFrom(time(100, {}), time(101, {})), 0.01, "no nanoseconds");
    const before = time(100, { 1: 1e9, 2: 0 });
    t.equal(cpuSecondsFrom(before, time(150, { 1: 1.1e9 })), 0.5, "thread 2 took the rest");
    t.equal(cpuSecondsFrom(before, time(111, { 1: 1.1e9 })), 0.1, "a tick may be rounding");
  },
);

const linux = process.platform === "linux" ? false : "there is no /proc";
t.test("work of this process is seen, on threads that ended too", { skip: linux }, async (t) => {
  const before = usageOfTree(process.pid);
  const lasting = new Worker(burning(40) + STAYS, { eval: true });
  await once(lasting, "message");
  const between = usageOfTree(process.pid);
  t.ok(
    cpuSecondsBetween(before, between) >= 0.04,
    "what a thread that lives burnt, to the nanosecond",
  );
  const ended = new Worker(burning(80), { eval: true });
  await once(ended, "exit");
  const after = usageOfTree(process.pid);
  await lasting.terminate();
  const seconds = cpuSecondsBetween(before, after);
  // The CPU time of both programs, less the 20 ms by which ticks may be wrong.
  t.ok(seconds >= 0.1, `${seconds} s`);
  t.ok(after.rssBytes > 10e6);
});

t.test("cores: the proxy's are its own as far as there are enough", async (t) => {
  t.same(parseCpuList("0-2,5\n"), [0, 1, 2, 5]);
  t.same(parseCpuList(""), []);
  t.match(shareOut([3]), { proxy: [], twoThreads: [], load: [] });
  t.match(shareOut([3, 4]), { proxy: [4], twoThreads: [4, 3], load: [3] });
  t.match(shareOut([3, 4, 5]), { proxy: [4], twoThreads: [4, 5], load: [3] });
  t.match(shareOut([3, 4, 5, 6, 7]), { proxy: [4], twoThreads: [4, 5], load: [3, 6] });
  t.same(pinned(["x"], []), ["x"]);
  t.same(pinned(["x"], [4, 5]), ["taskset", "-c", "4,5", "x"]);
});
