// Replays logs that are damaged or mixed: lines dated far off, archives that are cut off, and servers that are not equal.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import t from "tap";
import { undiminished } from "../src/replay/demands.ts";
import { openLog } from "../src/replay/open-log.ts";
import { readLog } from "../src/replay/read-log.ts";
import { replayServers, type ServerValue, serverValues } from "../src/replay/server-values.ts";
import { withoutStrays } from "../src/replay/strays.ts";
import { lab, logs, startLab } from "./support/command.ts";

t.setTimeout(240_000); // when this file is run alone, tap allows it 30 s
const QUICK = ["--speed", "1", "--seeds", "1", "--algorithms", "round-robin"];
const HOUR = 3_600_000;
const arrivals = (...times: readonly number[]) => times.map((arrivedMs) => ({ arrivedMs, key: 0 }));

/** A line of HAProxy's log. */
function line(date: Date, server = "web1", serverMs = 10): string {
  const [, day = "", month = "", year = ""] = /(\d\d) (...) (\d{4})/.exec(date.toUTCString()) ?? [];
  const time = date.toISOString().slice(11, 23);
  return `10.0.0.1:40000 [${day}/${month}/${year}:${time}] in app/${server} 0/0/0/${serverMs}/${serverMs} 200 100 - - ---- 1/1/1/1/0 0/0 "GET / HTTP/1.1"`;
}

/** `count` lines, ten a second. */
const lines = (count: number, from = Date.UTC(2026, 10, 1), server = "web1", serverMs = 10) =>
  Array.from({ length: count }, (_, i) => line(new Date(from + 100 * i), server, serverMs));

t.test("lines dated far off are left out, counted and shown", async (t) => {
  const log = lines(200);
  log.splice(50, 0, line(new Date(0)), line(new Date(Date.UTC(2099, 0, 1))));
  log.push(line(new Date(Date.UTC(2026, 10, 8))));
  const folder = t.testdir({ "off.log": log.join("\n"), "good.log": lines(200).join("\n") });
  const [text, json, good] = await Promise.all([
    lab("replay", join(folder, "off.log"), ...QUICK),
    lab("replay", join(folder, "off.log"), ...QUICK, "--json"),
    lab("replay", join(folder, "good.log"), ...QUICK, "--json"),
  ]);
  t.equal(text.code, 0, text.stderr);
  t.match(text.stdout, /haproxy, 200 requests in 19\.9 s/);
  t.match(
    text.stdout,
    /3 requests left out: far from the others in time \(1970-01-01 to 2099-01-01\)/,
  );
  const { log: read, results } = JSON.parse(json.stdout);
  t.match(read, { requests: 200, strays: { count: 3, firstMs: 0, lastMs: Date.UTC(2099, 0, 1) } });
  t.same(results, JSON.parse(good.stdout).results, "the rest is replayed as without them");
});

t.test("what is far off depends on the log", async (t) => {
  const times = (list: readonly { readonly arrivedMs: number }[]) =>
    list.map(({ arrivedMs }) => arrivedMs);
  const day = Array.from({ length: 100 }, (_, i) => i * 60_000);
  const { kept, strays } = withoutStrays(arrivals(-400 * 24 * HOUR, ...day, 24 * HOUR));
  t.same(times(kept), day);
  t.match(strays, { count: 2, firstMs: -400 * 24 * HOUR, lastMs: 24 * HOUR });
  const nights = [...day, ...day.map((ms) => ms + 6 * HOUR), ...day.map((ms) => ms + 20 * HOUR)];
  t.equal(withoutStrays(arrivals(...nights)).strays, undefined, "a night without requests");
  const rare = Array.from({ length: 10 }, (_, i) => i * 50 * HOUR);
  t.equal(withoutStrays(arrivals(...rare)).strays, undefined, "a request every other day");
  t.equal(withoutStrays(arrivals(0, 1e12)).strays, undefined, "of two, neither is the stray");
  t.equal(withoutStrays([]).strays, undefined);
});

t.test("a log of years is simulated with bounded memory", async (t) => {
  const folder = t.testdir({
    "years.log": [...lines(20), ...lines(20, Date.UTC(2036, 0, 1))].join("\n"),
  });
  const { code, stdout, stderr } = await startLab(
    ["replay", join(folder, "years.log"), ...QUICK, "--json"],
    { bare: true },
  ).outcome;
  t.equal(code, 0, stderr);
  t.equal(JSON.parse(stdout).log.requests, 40, "half of them are no strays");
});

t.test("an archive that is cut off is used up to the cut", async (t) => {
  // Random times, because what packs too well would be lost with the last block.
  const log = lines(5_000).map((one, i) => one.replace("/10/10 ", `/${(i * 7919) % 997}/999 `));
  const packed = gzipSync(log.join("\n"));
  const half = Math.floor(packed.length / 2);
  const damaged = Buffer.from(packed).fill(0xff, half, half + 200);
  const folder = t.testdir({
    "cut.log.gz": packed.subarray(0, half),
    "damaged.log.gz": damaged,
    "whole.log.gz": packed,
    "tail.log.gz": packed.subarray(0, packed.length - 4),
    "no.log.gz": "this is no archive",
    "empty.log.gz": packed.subarray(0, 5),
  });
  const requestsOf = async (name: string) => {
    const source = openLog(join(folder, name));
    const read = await readLog(source, { limit: 1e6 });
    return [read.format && read.requests.length, source.damage] as const;
  };
  const [cut = 0, why] = await requestsOf("cut.log.gz");
  t.ok(cut > 2_000 && cut < 3_000, `${cut} requests`);
  t.match(why, "unexpected end of file");
  const [before = 0, broken] = await requestsOf("damaged.log.gz");
  t.ok(before > 1_500 && before < 3_000, `${before} requests`);
  t.match(broken, /invalid|incorrect/);
  t.same(await requestsOf("whole.log.gz"), [5_000, undefined]);
  t.match(await requestsOf("tail.log.gz"), [5_000, "unexpected end of file"]);
  const { code, stdout } = await lab("replay", join(folder, "cut.log.gz"), ...QUICK);
  t.equal(code, 0);
  t.match(
    stdout,
    /the archive is damaged \(unexpected end of file\): only what stands before that was read/,
  );
  const json = await lab("replay", join(folder, "cut.log.gz"), ...QUICK, "--json");
  t.match(JSON.parse(json.stdout).log.damage, "unexpected end of file");
  for (const [name, message] of [
    ["no.log.gz", /no\.log\.gz: incorrect header check/],
    ["empty.log.gz", /empty\.log\.gz: unexpected end of file/],
    ["absent.log.gz", /absent\.log\.gz: ENOENT/],
  ] as const) {
    const { code, stderr } = await lab("replay", join(folder, name));
    t.equal(code, 2, name);
    t.match(stderr, message);
  }
});

t.test("servers of unequal speed and weight", async (t) => {
  const log = [...lines(100, undefined, "web2", 40), ...lines(100, undefined, "web1", 20)];
  const folder = t.testdir({ "two.log": log.join("\n") });
  const replay = (...words: readonly string[]) =>
    lab("replay", join(folder, "two.log"), ...QUICK, ...words);
  const named = await replay("--server-speeds", "web1=1", "web2=0.5", "--weights", "web1=2");
  t.equal(named.code, 0, named.stderr);
  t.match(named.stdout, /web1: speed 1, weight 2; web2: speed 0\.5, weight 1/);
  t.match(named.stdout, /mean work 20\.0 ms/, "what a slow server took longer for is less work");
  const listed = await replay("--server-speeds", "1", "0.5", "--weights", "2", "1", "--json");
  const [result] = JSON.parse(listed.stdout).results;
  t.match(JSON.parse(listed.stdout), {
    servers: 2,
    each: [
      { name: "web1", speed: 1, weight: 2 },
      { name: "web2", speed: 0.5, weight: 1 },
    ],
  });
  const imbalance = result.metrics.find(({ name }: { name: string }) => name === "fullest / mean");
  t.ok(imbalance.mean > 1);
  const more = await replay("--servers", "3", "--server-speeds", "1", "1", "0.25", "--json");
  t.match(JSON.parse(more.stdout), { servers: 3, each: [{}, {}, { name: "s2", speed: 0.25 }] });
  const { code, stderr } = await replay("--weights", "web1=0");
  t.equal(code, 2);
  t.match(stderr, /Expected a number above 0, or NAME=NUMBER/);
});

t.test("values that no server can have are refused", async (t) => {
  const servers = (...typed: readonly string[]) => {
    const speeds = typed.reduce<readonly ServerValue[] | undefined>(
      (former, text) => serverValues(text, former),
      undefined,
    );
    return replayServers(["web1", "web2"], 2, { speeds, weights: undefined });
  };
  t.match(servers("web2=3"), [{ speed: 1 }, { speed: 3 }]);
  for (const [typed, message] of [
    [["web3=1"], /the log names no server 'web3'; did you mean 'web\d'\?/],
    [["1"], /--server-speeds has 1 value, but there are 2 servers: web1, web2/],
    [["1", "web2=3"], /--server-speeds mixes values and NAME=VALUE/],
    [["web1=1", "web1=3"], /--server-speeds names 'web1' twice/],
    ...["web1=0", "x", "=1", "web1=", "-1", "Infinity"].map(
      (text) => [[text], /Expected a number above 0, or NAME=NUMBER/] as const,
    ),
  ] as const)
    t.throws(() => servers(...typed), message, typed.join(" "));
});

t.test("work on a server of known speed is what it took, times its speed", async (t) => {
  const log = await readLog(Readable.from([Buffer.from(lines(3, 0, "web1", 30).join("\n"))]), {
    limit: 9,
  });
  const requests = log.format === undefined ? [] : log.requests;
  t.same(undiminished(requests, 1, [0.5]).demandsMs, [15, 15, 15]);
  t.ok(
    readFileSync(logs("haproxy"), "utf8").includes("app/web1"),
    "the name stands in real logs too",
  );
});

t.test("a log of one request, or of one second, is replayed at once", async (t) => {
  const folder = t.testdir({ "one.log": line(new Date(Date.UTC(2026, 10, 1))) });
  const { code, stdout, stderr } = await lab("replay", join(folder, "one.log"), "--speed", "1");
  t.equal(code, 0, stderr);
  t.match(stdout, /haproxy, 1 requests in 1\.00 s/);
  t.match(stdout, /least-conn +10\.0 ms/, "and its load is not that of one millisecond");
});
