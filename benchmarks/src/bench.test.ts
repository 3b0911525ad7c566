// Runs the whole benchmark for a short time as a process of its own, and checks that no process or file is left
// behind.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import t from "tap";
import { h2load } from "./load/h2load.ts";
import { readOrEmpty } from "./process/cpu-time.ts";
import { onPath } from "./process/on-path.ts";
import { usageOfTree } from "./process/usage.ts";
import type { JsonReport } from "./report/report.ts";

const BENCH = join(import.meta.dirname, "bench.ts");
const run = promisify(execFile);

/**
 * Makes a PATH that has only the programs below. So no peer (nginx, HAProxy …) is found, even on a machine where it
 * is installed.
 */
function bareTools(directory: string): string {
  const folder = join(directory, "bin");
  mkdirSync(folder);
  for (const program of ["openssl", "taskset", "prlimit", "sh"]) {
    const file = onPath(program);
    if (file !== undefined) symlinkSync(file, join(folder, program));
  }
  return folder;
}

function bench(path: string, ...args: readonly string[]) {
  const { HOME, NODE_COMPILE_CACHE } = process.env;
  const env = { PATH: path, HOME, NODE_COMPILE_CACHE };
  return run(process.execPath, [BENCH, ...args], { env });
}

t.test("wrong arguments and platforms are refused before anything starts", async (t) => {
  const { PATH = "" } = process.env;
  await t.rejects(bench(PATH, "--workload", "nothing"), /Allowed choices are small/);
  await t.rejects(bench(PATH, "--rounds", "1.5"), /a whole number above 0/);
  await t.rejects(bench(PATH, "--json", "/nowhere/x.json"), /a file that can be written: ENOENT/);
  await t.rejects(bench(PATH, "--html", t.testdir()), /it is a folder/);
});

const linux = process.platform === "linux" ? false : "the benchmark reads /proc: Linux only";
t.test("peers that cannot do what is asked are no result", { skip: linux }, async (t) => {
  const { PATH = "" } = process.env;
  const args = ["--workload", "two-threads", "--peer", "tcp-splice"];
  await t.rejects(bench(PATH, ...args), /Nothing was measured: see --workload and --peer/);
});

/** Returns the output of a run that has to fail. */
async function failed(run: ReturnType<typeof bench>): Promise<{ stdout: string; stderr: string }> {
  const error: unknown = await run.then(
    () => new Error("the run did not fail"),
    (error: unknown) => error,
  );
  if (error instanceof Error && "stdout" in error && "stderr" in error)
    return { stdout: `${error.stdout}`, stderr: `${error.stderr}` };
  throw error;
}

t.test("HTTP/2 without h2load: the workload says so", { skip: linux }, async (t) => {
  const path = bareTools(t.testdir());
  const missing = /h2-small: h2load is not installed \(package nghttp2-client\); npm run bench/;
  const { stdout, stderr } = await failed(
    bench(path, "--peer", "tandem", "--workload", "h2-small"),
  );
  t.match(stdout, missing);
  t.match(stderr, "Nothing was measured");
});

const noH2load = linux || (h2load.missing() ?? false);
t.test("a short round of HTTP/2; peers without it are left out", { skip: noH2load }, async (t) => {
  const { PATH = "" } = process.env;
  const json = join(t.testdir(), "result.json");
  const peers = ["--peer", "tandem", "undici", "tcp-splice", "--workload", "h2-small", "h2-1MiB"];
  const { stdout } = await bench(PATH, ...peers, "--rounds", "1", "--seconds", "2", "--json", json);
  t.match(stdout, "h2-small: without undici, tcp-splice: no HTTP/2 to clients.");
  t.match(stdout, "1 round of 2 s by h2load");
  t.notMatch(stdout, "refused");
  const { workloads } = JSON.parse(readFileSync(json, "utf8")) as JsonReport;
  t.same(
    workloads.map(({ name, results }) => [name, ...results.map(({ peer }) => peer)]),
    [
      ["h2-small", "tandem"],
      ["h2-1MiB", "tandem"],
    ],
  );
  for (const { name, results } of workloads)
    for (const result of results) {
      t.ok(result.requestsPerSecond > 1, name);
      t.ok(result.cpuMicrosecondsPerRequest > 1, name);
    }
  const rate = ["--mode", "fixed-rate", "--peer", "tandem", "--workload", "h2-small"];
  t.match((await failed(bench(PATH, ...rate))).stdout, "h2-small: h2load has no open loop.");
});

t.test(
  "all peers at once: each has results, and the report says so",
  { skip: linux },
  async (t) => {
    const { PATH = "" } = process.env;
    const json = join(t.testdir(), "result.json");
    const peers = ["--peer", "tandem", "tcp-splice", "--workload", "64KiB", "--together"];
    const size = ["--rounds", "2", "--seconds", "0.4", "--json", json];
    const { stdout } = await bench(PATH, ...peers, ...size);
    t.match(stdout, "2 rounds of 0.4 s by autocannon, all peers at once");
    const { workloads } = JSON.parse(readFileSync(json, "utf8")) as JsonReport;
    const [{ together, results, ratios } = {}] = workloads as Partial<JsonReport["workloads"][0]>[];
    t.equal(together, true);
    t.same(results?.map(({ peer }) => peer).sort(), ["tandem", "tcp-splice"]);
    t.same(ratios?.map(({ peer }) => peer).sort(), ["tandem", "tcp-splice"], "pairs of rounds");
  },
);

t.test(
  "TCP mode, and TLS on both sides; peers without are left out",
  { skip: linux },
  async (t) => {
    const { PATH = "" } = process.env;
    const json = join(t.testdir(), "result.json");
    const workloads = ["tcp-new-connection", "small-keepalive-tls-both"];
    const peers = ["--peer", "tandem", "httpxy", "tcp-splice"];
    const size = ["--rounds", "1", "--seconds", "0.5", "--json", json];
    const { stdout } = await bench(PATH, ...peers, "--workload", ...workloads, ...size);
    t.match(stdout, "tcp-new-connection: without httpxy: no TCP mode.");
    t.match(stdout, "small-keepalive-tls-both: without httpxy: no TLS to servers.");
    t.notMatch(stdout, "refused");
    const { workloads: found } = JSON.parse(readFileSync(json, "utf8")) as JsonReport;
    t.same(
      found.map(({ name, results }) => [name, ...results.map(({ peer }) => peer)]),
      [
        ["small-keepalive-tls-both", "tandem", "tcp-splice"],
        ["tcp-new-connection", "tandem", "tcp-splice"],
      ],
    );
  },
);

t.test("a short run: table, JSON, page, no measurement refused", { skip: linux }, async (t) => {
  const directory = t.testdir();
  const json = join(directory, "result.json");
  const html = join(directory, "report.html");
  const peers = ["--peer", "caddy", "tandem", "tcp-splice", "http-proxy"];
  const size = ["--workload", "64KiB", "--rounds", "1", "--seconds", "0.5"];
  const { stdout } = await bench(
    bareTools(directory),
    ...peers,
    ...size,
    "--json",
    json,
    "--html",
    html,
  );
  t.match(stdout, "Without caddy: caddy is not installed; npm run bench -- --install brings it.");
  t.ok(
    stdout.split("\n").every((line) => line.length <= 100),
    "fits 100 columns",
  );

  const { machine, workloads } = JSON.parse(readFileSync(json, "utf8")) as JsonReport;
  t.match(machine, { cores: Number, node: process.versions.node, mode: "saturating" });
  t.equal(workloads.length, 1);
  t.equal(workloads[0]?.name, "64KiB");
  const results = workloads[0]?.results ?? [];
  t.notMatch(stdout, "refused");
  t.same(
    results.map(({ peer }) => peer),
    ["tandem", "http-proxy", "tcp-splice"],
  );
  for (const result of results) {
    t.same(Object.keys(result), [
      ...["peer", "version", "requestsPerSecond", "cpuMicrosecondsPerRequest"],
      ...["p50Ms", "p99Ms", "p999Ms", "rssBytes", "spread"],
    ]);
    t.ok(result.requestsPerSecond > 1, result.peer);
    t.ok(result.cpuMicrosecondsPerRequest > 1, result.peer);
    t.ok(result.p50Ms > 0 && result.p50Ms <= result.p99Ms && result.p99Ms <= result.p999Ms);
    t.ok(result.rssBytes > 1e6, result.peer);
  }
  const page = readFileSync(html, "utf8");
  t.equal(page.match(/<svg/g)?.length, 2);
  t.notMatch(page, /<script|src=|href="http/, "needs nothing from elsewhere");
});

/**
 * Whether a process still runs. A zombie, which its parent has not collected, still has an entry in /proc but does
 * not run.
 */
function runs(pid: number): boolean {
  const status = readOrEmpty(`/proc/${pid}/status`);
  return status !== "" && !/^State:\s+[ZX]/m.test(status);
}

t.test(
  "Ctrl-C ends origin, peers and generators, and leaves no folder",
  { skip: linux },
  async (t) => {
    const args = [
      "--workload",
      "64KiB",
      "--peer",
      "tcp-splice",
      "--seconds",
      "0.2",
      "--rounds",
      "1000",
    ];
    const folder = t.testdir();
    const child = spawn(process.execPath, [BENCH, ...args], {
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, TMPDIR: folder },
    });
    const { pid = 0 } = child;
    const exited = once(child, "exit");
    t.teardown(() => child.kill("SIGKILL"));
    // Waits for the first progress line of round 2. By then the generator, the origin and the peer are running.
    for await (const line of createInterface({ input: child.stderr }))
      if (line.includes("round 2/")) break;
    const started = [...usageOfTree(pid).cpu.keys()].filter((each) => each !== pid);
    t.ok(started.length >= 3, "origin, peer, generator");
    const held = () => readdirSync(folder).filter((name) => name.startsWith("tandem-"));
    t.equal(held().length, 1, "a folder with the certificate's key");
    child.kill("SIGINT");
    const again = setInterval(() => child.kill("SIGINT"), 1); // npm passes each SIGINT on a second time
    const [code] = await exited;
    clearInterval(again);
    t.equal(code, 130);
    const deadline = performance.now() + 30_000;
    while (started.some(runs) && performance.now() < deadline) await sleep(5);
    t.same(started.filter(runs), []);
    t.same(held(), []);
  },
);
