// Tests the reading of access logs. Some are the lines that HAProxy 2.6, nginx 1.22 and Tandem wrote about the same
// traffic (test/logs). Others are files that are no logs or are damaged.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import t from "tap";
import { madeUp, undiminished, withoutWaiting } from "../src/replay/demands.ts";
import { logTime } from "../src/replay/entry.ts";
import { detectFormat, FORMATS } from "../src/replay/formats.ts";
import { type LogContent, type LogRequest, readLog } from "../src/replay/read-log.ts";
import { lab, logs, startLab } from "./support/command.ts";

const linesOf = (name: string) => readFileSync(logs(name), "utf8").trimEnd().split("\n");

async function read(text: string, limit = 1_000): Promise<LogContent> {
  const log = await readLog(Readable.from([Buffer.from(text)]), { limit });
  if (log.format === undefined) throw new Error("no format");
  return log;
}

t.test("an empty file and a file that is no log are refused", async (t) => {
  const folder = t.testdir({
    "empty.log": "",
    "blank.log": "\n\n\n",
    "prose.log": "It was a dark and stormy night.\n\u001b[31mred\n",
    "refused.log": linesOf("haproxy")
      .filter((line) => line.includes("<NOSRV>"))
      .join("\n"),
  });
  const cases = [
    ["empty.log", /empty\.log: the file is empty$/m],
    ["blank.log", /blank\.log: its lines are of no format known here/],
    [
      "prose.log",
      /known here \(tandem-json, haproxy, .*\)\n {2}line 1: It was a dark.*\n {2}line 2: \?\[31mred/,
    ],
    ["refused.log", /refused\.log: no request that a server answered, in 15 lines read as haproxy/],
    ["absent.log", /absent\.log: ENOENT/],
  ] as const;
  await Promise.all(
    cases.map(async ([name, message]) => {
      const { code, stderr } = await lab("replay", join(folder, name));
      t.match(stderr, message);
      t.equal(code, 2, name);
    }),
  );
});

t.test("unreadable lines are counted and shown, and the other lines are used", async (t) => {
  const lines = linesOf("haproxy");
  lines.splice(
    3,
    0,
    "x".repeat(3_000_000),
    "garbage \u0007 here",
    "127.0.0.1:1 [99/Foo/2026:1:2:3.004] a b/c",
  );
  const { code, stdout } = await startLab(
    ["replay", "-", "--speed", "1", "--seeds", "1", "--algorithms", "round-robin"],
    { input: `${lines.join("\r\n")}\n` },
  ).outcome;
  t.equal(code, 0);
  t.match(stdout, /3 of 63 lines could not be read:/);
  t.match(stdout, "line 4: (longer than 64 KiB)");
  t.match(stdout, "line 5: garbage ? here");
  t.match(stdout, "line 6: 127.0.0.1:1 [99/Foo");
  t.match(stdout, /haproxy, 45 requests in/);
  t.match(stdout, "15 lines left out: no server answered them");
});

t.test("the format of every log is recognized", async (t) => {
  const cases = {
    haproxy: "haproxy",
    tandem: "haproxy",
    "tandem-json": "tandem-json",
    nginx: "nginx",
  };
  const all = { ...cases, "nginx-named": "nginx", combined: "combined", common: "common" };
  for (const [file, name] of Object.entries(all)) {
    const lines = linesOf(file);
    const format = detectFormat(lines);
    t.equal(format?.name, name, file);
    t.equal(lines.filter((line) => format?.read(line) === undefined).length, 0, `all of ${file}`);
  }
});

t.test("each field of a line is read as its program means it", async (t) => {
  const entry = (name: string, line: string) =>
    FORMATS.find((format) => format.name === name)?.read(line);
  t.match(
    entry(
      "haproxy",
      'Feb  6 12:14:14 lb haproxy[14389]: 10.0.1.2:33317 [06/Feb/2009:12:14:14.655] http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {1wt.eu} {} "GET /index.html?x HTTP/1.1"',
    ),
    {
      arrivedMs: Date.UTC(2009, 1, 6, 12, 14, 14, 655),
      waitedMs: 40,
      serverMs: 69,
      totalMs: 109,
      server: "srv1",
      path: "/index.html",
      client: "10.0.1.2",
    },
  );
  const combined =
    '::1 - bob [25/Nov/2026:15:30:18 +0100] "GET /a?b HTTP/1.1" 200 5 "-" "x \\"y\\""';
  t.match(entry("combined", combined), {
    arrivedMs: Date.UTC(2026, 10, 25, 14, 30, 18),
    path: "/a",
  });
  t.match(entry("nginx", `${combined} 0.500 0.100, 0.300`), {
    totalMs: 500,
    serverMs: 300,
    waitedMs: 200,
  });
  t.match(entry("nginx", `${combined} rt=0.500 uct="0.001" urt="0.100 : 0.200"`), {
    serverMs: 200,
  });
  t.ok(
    Number.isNaN(entry("nginx", `${combined} 0.000 -`)?.serverMs),
    "nginx answered without a server",
  );
  t.equal(logTime("25/Nov/2026:14:30:18 -0330"), Date.UTC(2026, 10, 25, 18, 0, 18));
  t.equal(entry("nginx", combined), undefined);
  t.equal(entry("tandem-json", '{"time":1}'), undefined);
  t.equal(entry("tandem-json", "{broken"), undefined);
});

t.test("HAProxy's line and its JSON of one exchange give the same request", async (t) => {
  const [json] = linesOf("tandem-json");
  const fields = JSON.parse(json ?? "");
  const found = FORMATS.find(({ name }) => name === "tandem-json")?.read(json ?? "");
  t.match(found, {
    serverMs: fields.Tr,
    totalMs: fields.Ta,
    waitedMs: fields.TR + fields.Tw + fields.Tc,
    server: fields.server,
  });
});

const request = (startedMs: number, serverMs: number, server = 0): LogRequest => ({
  ...{ arrivedMs: startedMs, totalMs: serverMs, startedMs, serverMs, server, key: 1 },
});

t.test("demands: with known workers the waiting time is taken out exactly", async (t) => {
  // One worker. Requests with work 10, 5 and 7 arrive at 0, 2 and 20, and leave at 10, 15 and 27.
  const log = [request(0, 10), request(2, 13), request(20, 7)];
  t.same(withoutWaiting(log, 1, 1).demandsMs, [10, 5, 7]);
  t.same(withoutWaiting(log, 1, 2).demandsMs, [10, 13, 7], "with two workers no request waited");
  const other = [request(0, 10, 0), request(2, 13, 1)];
  t.same(
    withoutWaiting(other, 2, 1).demandsMs,
    [10, 13],
    "requests on different servers do not wait for each other",
  );
  const unknown = [request(0, 10, -1), request(2, 13, -1), request(3, 17, -1)];
  t.same(
    withoutWaiting(unknown, 2, 1).demandsMs,
    [10, 13, 10],
    "requests without a server in the log share one queue",
  );
  t.match(undiminished(log, 1), { demandsMs: [10, 13, 7], workers: 2 });
  t.match(undiminished([request(0, 0)], 1), { demandsMs: [0.5], workers: 1 });
  t.match(withoutWaiting(log, 1, 1).bias, /too little work .* too much/);
  t.match(madeUp(log, 20, 8).bias, "the log has no times");
});

t.test("arrivals are in order, and spread within a second if a log has only seconds", async (t) => {
  for (const name of ["haproxy", "nginx", "combined"]) {
    const { requests } = await read(readFileSync(logs(name), "utf8"));
    const times = requests.map(({ arrivedMs }) => arrivedMs);
    t.same(
      times,
      times.toSorted((a, b) => a - b),
      name,
    );
    t.ok(new Set(times).size > 40, `${name}: few arrive at the same time`);
  }
});

t.test("reading stops soon after the limit of requests is reached", async (t) => {
  const line = `${linesOf("haproxy").find((one) => one.includes("app/web1"))}\n`;
  const chunk = Buffer.from(line.repeat(1_000));
  let chunks = 0;
  async function* endless() {
    while (true) {
      chunks++;
      yield chunk;
    }
  }
  const log = await readLog(Readable.from(endless()), { limit: 5_500 });
  t.equal(log.format !== undefined && log.requests.length, 5_500);
  t.ok(chunks < 50, `read ${chunks} chunks`);
  t.match(log, { cut: true });
});

t.test("each format is replayed, with the numbers as JSON and the warnings as text", async (t) => {
  const names = ["haproxy", "tandem", "tandem-json", "nginx", "nginx-named", "combined", "common"];
  const options = [
    "--speed",
    "4",
    "1",
    "--seeds",
    "1",
    "--algorithms",
    "round-robin",
    "least-conn",
  ];
  await Promise.all(
    names.map(async (name) => {
      const { code, stdout, stderr } = await lab("replay", logs(name), ...options, "--json");
      t.equal(code, 0, stderr);
      const { log, servers, workers, bias, results } = JSON.parse(stdout);
      t.equal(log.requests + log.local, 60, name);
      t.equal(log.unreadable, 0);
      t.equal(servers, 2);
      t.ok(workers >= 1 && bias.length > 20);
      t.same(
        results.map(({ variant, candidate }: { variant: string; candidate: string }) => [
          variant,
          candidate,
        ]),
        ["×1", "×4"].flatMap((speed) => [
          [speed, "round-robin"],
          [speed, "least-conn"],
        ]),
      );
      for (const { metrics } of results) t.ok(metrics[0].mean > 0, "the replay has a latency");
    }),
  );
});

t.test("a compressed log gives the same results", async (t) => {
  const folder = t.testdir({
    "x.log": readFileSync(logs("haproxy")),
    "x.log.gz": gzipSync(readFileSync(logs("haproxy"))),
  });
  const runs = await Promise.all(
    ["x.log", "x.log.gz"].map((name) =>
      lab("replay", join(folder, name), "--speed", "2", "--seeds", "1", "--json"),
    ),
  );
  const [plain, packed] = runs.map(({ stdout }) => JSON.parse(stdout).results);
  t.ok(plain.length > 0);
  t.same(plain, packed);
});
