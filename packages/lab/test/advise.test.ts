// `tandem lab advise` as a person types it: what it refuses, what it answers, and that its scenario runs again.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { CommanderError } from "commander";
import t, { type Test } from "tap";
import { adviseCommand } from "../src/cli/advise/advise.ts";
import { UsageError } from "../src/cli/terminal.ts";
import { Stream } from "../src/sim/stream.ts";
import { lab, startLab } from "./support/command.ts";
import { tandemLine } from "./support/made-log.ts";

t.setTimeout(240_000); // when this file is run alone, tap allows it 30 s

/**
 * Runs of a few seconds of the site's time, and few of them: the words matter here, not the figures. The limit is one that is
 * reached far from the capacity, since runs near it are long.
 */
const QUICK = ["--run-length", "2s", "--seeds", "5", "--limit", "p99 < 40ms"];
const SITE = ["--speeds", "1", "2", "--workers", "4", "--rate", "200", "--mean", "10ms"];

const spawned = (...words: readonly string[]) =>
  startLab(["advise", ...QUICK, ...words], { bare: true }).outcome;

/** Runs the command in this process, which spares its start. Throws what the command throws. */
async function ask(
  ...words: readonly string[]
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const text = { stdout: "", stderr: "" };
  const writes = [process.stdout.write, process.stderr.write] as const;
  const into = (name: keyof typeof text) => (part: string | Uint8Array) => {
    text[name] += part;
    return true;
  };
  process.stdout.write = into("stdout");
  process.stderr.write = into("stderr");
  const command = adviseCommand().exitOverride();
  try {
    await command.parseAsync(["node", "advise", ...QUICK, ...words]);
  } finally {
    [process.stdout.write, process.stderr.write] = writes;
  }
  return text;
}

/** Returns the message with which the command refuses. */
async function refusalOf(words: readonly string[]): Promise<string> {
  let text = "";
  const command = adviseCommand()
    .exitOverride()
    .configureOutput({ writeErr: (part) => (text += part) });
  try {
    await command.parseAsync(["node", "advise", ...QUICK, ...words]);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    if (error instanceof CommanderError) return text;
    throw error;
  }
  throw new Error(`${words.join(" ")}: it was accepted`);
}

/** Lines of Tandem's log: a minute of 20 requests a second, the second server half as fast. */
function lines(count = 1_200): string[] {
  const stream = new Stream(3, "test");
  let arrivedMs = Date.UTC(2026, 10, 1, 9);
  return Array.from({ length: count }, (_, i) => {
    arrivedMs += 50 * stream.exponential();
    const server = i % 2;
    return tandemLine({ arrivedMs, server, serverMs: 20 * (1 + server) * stream.exponential() });
  });
}

/** Listens on a port of its own until the test ends. Returns the address. */
async function served(t: Test, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

t.test("what is at fault is refused with the next step, and exit code 2", async (t) => {
  const one = lines(1).join("\n");
  const folder = t.testdir({
    "empty.log": "",
    "prose.log": "It was a dark and stormy night.\n",
    "one.log": one,
    "good.log": lines(200).join("\n"),
    "none.yaml": "site: x\n",
    "cut.yaml": "site: [\n",
  });
  const file = (name: string) => join(folder, name);
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [
      [],
      /not enough is known of the site to advise; missing:\n.*--servers 2.*\n.*--rate 200\n.*--mean 12ms/,
    ],
    [
      ["--servers", "2", "--rate", "5"],
      /missing:\n {2}how long requests take: --mean 12ms.*\nor learn it/,
    ],
    [[...SITE, "--speeds", "1", "0"], /Expected a number above 0, or NAME=NUMBER/],
    [
      [...SITE, "--servers", "3"],
      /--speeds has 2 values, but there are 3 servers: box1, box2, box3/,
    ],
    [
      ["--servers", "2", "--speeds", "web1=1", "--rate", "5", "--mean", "5ms"],
      /there is no server 'web1'; there are: box1, box2/,
    ],
    [
      [...SITE, "--limit", "fast"],
      /Found 'fast', expected a percentile from p50 to p99\.9 and a time/,
    ],
    [[...SITE, "--service", "gamma 3ms"], /Found 'gamma 3ms', expected how long requests take/],
    [
      [...SITE, "--service", "constant 3ms"],
      /--service says how long requests take already; leave --mean/,
    ],
    [
      [...SITE, "--p99", "1s"],
      /a p99 of 1000 ms beside a mean of 10 ms: expected between 1 and 15\.0 times/,
    ],
    [[...SITE, "--rate", "0"], /Expected requests per second, such as 200 or 200\/s/],
    [[...SITE, "--growth", "much"], /Expected how much the rate grows, such as 50% or x1\.5/],
    [[...SITE, "--algorithms", "least-con"], /did you mean 'least-conn'\?/],
    [[...SITE, "--algorithm", "uri"], /'uri' sends requests with the same key/],
    [[...SITE, "--algorithm", "jsq"], /jsq is a yardstick of the laboratory; expected what tandem/],
    [
      [...SITE, "--algorithms", "jsq", "least-work-left"],
      /only yardsticks \(jsq, least-work-left\)/,
    ],
    [[...SITE, "--seeds", "1"], /Expected a whole number from 5/],
    [["--log", file("empty.log")], /empty\.log: the file is empty/],
    [["--log", file("prose.log")], /of no format known here .*\n {2}line 1: It was a dark/],
    [
      ["--log", file("one.log")],
      /one\.log: one request has no rate; expected a log of some minutes/,
    ],
    [["--log", file("absent.log")], /absent\.log: ENOENT/],
    [
      ["--log", file("good.log"), "--speeds", "1", "2", "3"],
      /--speeds has 3 values, but there are 2 servers: web1, web2/,
    ],
    [
      ["--log", file("good.log"), "--weights", "web3=1"],
      /there is no server 'web3'; did you mean 'web/,
    ],
    [["--log", file("good.log"), "--p99", "1s"], /--p99 beside --log/],
    [["--backend", "web"], /say which balancer with --from/],
    [
      ["--from", "127.0.0.1:1"],
      /127\.0\.0\.1:1: no balancer answers: .*ECONNREFUSED.*\n'tandem status'/,
    ],
    [
      ["--from", "https://example.invalid"],
      /expected the admin address of a balancer, such as 127\.0\.0\.1:8404/,
    ],
    [["--from", file("absent.yaml")], /absent\.yaml.*no such file/],
    [["--from", file("none.yaml")], /none\.yaml/],
    [["--from", file("cut.yaml")], /cut\.yaml:/],
  ];
  for (const [words, message] of cases) {
    const refusal = await refusalOf(words);
    t.match(refusal, message, words.join(" "));
    t.notMatch(refusal, /^ {4}at |undefined|NaN/m, "no programmer's words");
  }
  const { code, stderr, stdout } = await spawned("--log", file("empty.log"));
  t.equal(code, 2);
  t.match(stderr, /empty\.log: the file is empty/);
  t.equal(stdout, "");
});

t.test("what answers at an address but is no balancer's admin port is told apart", async (t) => {
  const cases: readonly (readonly [RequestListener, RegExp])[] = [
    [
      (_, response) => response.writeHead(401).end(),
      /answers 401, so something asks for a password.*admin port asks for none/,
    ],
    [
      (_, response) => response.writeHead(421).end(),
      /does not answer for this name.*balancer\.admin\.names/,
    ],
    [
      (_, response) => response.end("<html>"),
      /what answers is no balancer's admin port \(status 200/,
    ],
    [(_, response) => response.writeHead(500).end("{}"), /no balancer's admin port \(status 500/],
    [(request) => request.socket.destroy(), /no balancer answers: /],
  ];
  for (const [listener, message] of cases) {
    t.match(await refusalOf(["--from", await served(t, listener)]), message);
  }
});

/** A status whose counters rise by `perSecond` requests a second for each of two servers, of 20 and 40 ms. */
function statusAt(perSecond: number): RequestListener {
  const begun = Date.now();
  return (_, response) => {
    const now = Date.now();
    const requests = 1_000 + Math.round((perSecond * (now - begun)) / 1000);
    const servers = [0.02, 0.04].map((seconds, i) => ({
      ...{ name: `web${i + 1}`, state: "UP", userWeight: 1, backup: false, inFlight: 2 },
      ...{ maxConnections: 0, requests, averages: { response: seconds } },
    }));
    const backends = [
      { name: "web", mode: "http", algorithm: "round-robin", requests: 2 * requests, servers },
      { name: "db", mode: "tcp", algorithm: "least-conn", requests: 9_999_999, servers },
    ];
    response.end(
      JSON.stringify({ version: 1, tier: "balancer", at: new Date(now).toISOString(), backends }),
    );
  };
}

t.test("a running balancer is watched, and one that gets too little is said so", async (t) => {
  const busy = await served(t, statusAt(100));
  const watch = ["--watch", "1s", "--workers", "8"];
  const { stdout } = await ask("--from", busy, ...watch, "--json");
  const { site, today, unknown, recommended } = JSON.parse(stdout);
  t.ok(site.rate > 150 && site.rate < 260, `${site.rate} requests a second`);
  t.match(site.servers, [
    { name: "web1", speed: 1 },
    { name: "web2", speed: 0.5 },
  ]);
  t.equal(today, "round-robin");
  t.match(unknown.join(), /how the times of requests are spread/);
  t.ok(recommended.weights.web1 >= recommended.weights.web2);
  const idle = await refusalOf(["--from", await served(t, statusAt(0)), ...watch]);
  t.match(
    idle,
    /backend 'web' got 0 requests in 1 s, expected at least 20; watch longer with --watch 1m/,
  );
  const absent = await refusalOf(["--from", busy, "--backend", "wep", ...watch]);
  t.match(
    absent,
    /the balancer has no backend 'wep' with servers; did you mean 'web'\?; it has: web/,
  );
});

t.test("options alone: the answer has every part, and JSON the same numbers", async (t) => {
  const words = [...SITE, "--growth", "50%", "--limit", "p99 < 100ms"];
  const { stdout } = await ask(...words);
  for (const part of [
    "2 servers, 200 requests/s, load 0.167",
    /speeds +1, 2 +you said/,
    /weights today +all 1 +assumed/,
    /work +lognormal mean 10 sigma 1 +you said; spread assumed/,
    /limit +p99 < 100 ms +you said/,
    /ranking, at today's rate/,
    /balance: \{ algorithm: [a-z-]+ \}/,
    /p99 < 100 ms holds up to .*[\d,]+\/s.*: [\d.]+ times today's rate/,
    /at 300\/s \(load 0\.25\d*\): p99 /,
    /box2: load 0\.500, p99 .* of the requests beyond the limit; the rest keeps the limit up to/,
    /the spread of the work is assumed; a longer tail makes every p99 here too low/,
  ])
    t.match(stdout, part);
  const json = JSON.parse((await ask(...words, "--json")).stdout);
  t.equal(json.ranking.length, 8, "four algorithms, with and without weights");
  t.match(json.growth, { times: 1.5, rate: 300 });
  t.match(json.losses, [
    { lost: ["box1"], unstable: false },
    { lost: ["box2"], load: 0.5 },
  ]);
  const again = JSON.parse((await ask(...words, "--json")).stdout);
  t.same(again, json, "the same question has the same answer");
});

t.test("a log: speeds are found, and a damaged one is used as far as it can be", async (t) => {
  const log = lines();
  const damaged = [...log.slice(0, 600), "garbage \u0007", ...log.slice(600)];
  const packed = gzipSync(log.join("\n"));
  const folder = t.testdir({
    "a.log": damaged.join("\n"),
    "cut.log.gz": packed.subarray(0, packed.length - 8),
  });
  const { stdout, stderr } = await ask("--log", join(folder, "a.log"), "--workers", "50", "--json");
  t.match(stderr, /a\.log: 1 of 1201 lines could not be read:\n {2}line 601: garbage \?/);
  const { site, recommended } = JSON.parse(stdout);
  t.ok(
    site.servers[1].speed > 0.4 && site.servers[1].speed < 0.6,
    `speed ${site.servers[1].speed}`,
  );
  t.ok(site.rate > 18 && site.rate < 22);
  t.equal(recommended.algorithm, "least-conn");
  const cut = await ask("--log", join(folder, "cut.log.gz"), "--json");
  t.match(cut.stderr, /the archive is damaged \(unexpected end of file\)/);
});

t.test("more work than the servers can do is an answer, and so is a single server", async (t) => {
  const loaded = ["--servers", "2", "--workers", "1", "--rate", "300", "--mean", "10ms"];
  const over = await ask(...loaded, "--limit", "p99 < 250ms");
  t.match(over.stdout, "load 1.50");
  t.match(over.stdout, /ranking, at 160\/s, because today's is more than the servers can do/);
  t.match(over.stdout, /% less than today's rate, so it does not hold today/);
  t.match(
    over.stdout,
    /box1 or box2: unstable, load 3\.00: the queues grow without end, by 200 requests a second/,
  );
  t.match(over.stdout, /if they keep up today, the work, the workers or the rate are wrong above/);
  const single = await ask("--servers", "1", "--rate", "50", "--mean", "10ms");
  t.match(single.stdout, "box1: no server is left, so no request is answered");
  const never = await ask(...SITE, "--limit", "p99 < 1ms");
  t.match(
    never.stdout,
    /p99 < 1\.00 ms does not hold at any rate: on idle servers it is .* already/,
  );
  t.match(never.stdout, "the rest keeps the limit at no rate");
});

t.test("an algorithm of one's own is compared, and may be today's", async (t) => {
  const own = fileURLToPath(
    new URL("../../../examples/custom-algorithm/warm-first.ts", import.meta.url),
  );
  const { code, stdout, stderr } = await spawned(...SITE, "--algorithm", own, "--json");
  t.equal(code, 0, stderr);
  const { ranking, today } = JSON.parse(stdout);
  t.equal(today, own);
  t.ok(ranking.some(({ candidate }: { candidate: string }) => candidate === own));
  const absent = await spawned(...SITE, "--algorithms", "./absent.ts");
  t.equal(absent.code, 2);
  t.match(absent.stderr, "absent.ts");
});

t.test("the scenario that is written runs again", async (t) => {
  const folder = t.testdir({ "a.log": lines().join("\n") });
  const out = join(folder, "advice");
  const first = await ask(
    "--log",
    join(folder, "a.log"),
    "--workers",
    "50",
    "--growth",
    "2",
    "--out",
    out,
  );
  t.match(first.stderr, /wrote .*scenario\.json/);
  const text = readFileSync(join(out, "scenario.json"), "utf8");
  t.ok(text.split("\n").length < 500, "a list of numbers is one line");
  t.match(
    JSON.parse(text).variants.map(({ label }: { label: string }) => label),
    [/^today, weights 2:1$/, "today, equal weights", "grown ×2", "web1 lost", "web2 lost"],
  );
  const again = await lab("run", join(out, "scenario.json"), "--seeds", "2", "--json");
  t.equal(again.code, 0, again.stderr);
  t.equal(JSON.parse(again.stdout).results.length, 20);
  const refused = await spawned(...SITE, "--out", join(folder, "a.log", "x"));
  t.equal(refused.code, 1);
  t.match(refused.stderr, "cannot write to");
});

t.test("Ctrl-C ends it at once and writes nothing", async (t) => {
  const out = t.testdir();
  const words = ["advise", ...SITE, "--seeds", "1000", "--out", out];
  const { child, outcome } = startLab(words, { bare: true });
  const alive = setInterval(() => child.kill("SIGINT"), 500);
  const { signal, stdout } = await outcome;
  clearInterval(alive);
  t.equal(signal, "SIGINT");
  t.equal(stdout, "");
  t.throws(() => readFileSync(join(out, "scenario.json")));
});
