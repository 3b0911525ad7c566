// Tests how logs are read: every format that a tier writes, files of any size, and files that are rotated meanwhile.
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type AccessRecord, accessFormatter, Lines } from "@tandem/telemetry";
import { paletteOf } from "@tandem/telemetry/colors";
import t, { type Test } from "tap";
import { type LogEntry, readEntry } from "./entry.ts";
import { entryText } from "./entry-text.ts";
import { LineReader, linesBackwards } from "./line-reader.ts";
import { LogTail } from "./log-tail.ts";
import { mergeByTime } from "./merge.ts";
import { selects, startAtSelection } from "./select.ts";
import type { LogKind, LogSource } from "./source.ts";

const sourceOf = (path: string, kind: LogKind = "app"): LogSource => ({
  ...{ path, kind, tier: "balancer", box: "box1" },
});
const shown = (entry: LogEntry): string =>
  entryText(entry, { paint: paletteOf(false), boxes: false }).slice(
    "2026-11-23 08:49:59.971 ".length,
  );
const clock = { ms: 0 };
const now = (): number => clock.ms;

function tailOf(test: Test, path: string, kind: LogKind = "app"): LogTail {
  const tail = new LogTail(sourceOf(path, kind), now);
  test.teardown(() => tail.close());
  return tail;
}
const linesOf = (tail: LogTail): readonly string[] => [...tail.fresh()].map(({ line }) => line);

const began = Date.parse("2026-11-23T08:49:59.971Z");
const record: AccessRecord = {
  ...{ clientAddress: "192.0.2.7", clientPort: 5, startedAt: began, frontend: "https", tls: true },
  ...{ backend: "web", server: "box2", tr: 0, tw: 0, tc: 0, tResponse: 6, ta: 24, status: 200 },
  ...{ bytes: 9, termination: "----", actconn: 4, feconn: 4, beconn: 1, srvconn: 1, retries: 0 },
  ...{ redispatched: false, srvQueue: 0, backendQueue: 0, method: "GET", target: '/a"b{' },
  ...{ version: "HTTP/1.1", requestId: "r-1", cause: "", host: "x|y", userAgent: 'curl "8" {}' },
};

t.test("what the tiers write as access lines is read, in text and as JSON", async (t) => {
  const read = (format: "http" | "json", changes: Partial<AccessRecord> = {}): LogEntry => {
    const lines = new Lines();
    accessFormatter(format)({ ...record, ...changes }, lines);
    return readEntry(lines.bytes.toString(), sourceOf("f", "access"));
  };
  for (const format of ["http", "json"] as const) {
    const good = read(format);
    t.equal(good.time, began + 24, "the time at which the request ended");
    t.match(shown(good), /^balancer {3}info {2}GET \/a.*b.* 200 24ms server=web\/box2 client=192/);
    t.match(shown(good), / id=r-1$/);
    const cause = 'the server said "no"';
    const failed = read(format, { status: 503, redispatched: true, retries: 2, cause, tc: -1 });
    t.equal(failed.level, "error");
    t.match(shown(failed), / 503 24ms .*cause="the server said .*no/);
    t.equal(read(format, { status: 404 }).level, "warn");
    const left = read(format, { status: -1, ta: -1, termination: "CR--" });
    t.match(left, { level: "warn", time: began });
    t.match(shown(left), / no answer 0ms /);
    t.match(shown(read(format, { method: "", status: 400 })), /<BADREQ> 400 /);
    const tcp = { bytesReceived: 7, serverName: "db.example" };
    t.match(
      shown(read(format, { tcp, termination: "--" })),
      /info {2}TCP 24ms .* sni=db\.example$/,
    );
  }
  const appserver = '192.0.2.7 [2026-11-23T08:00:00.005Z] box1/app/7 r-1 13 500 - CD "GET /a?b=c"';
  const entry = readEntry(appserver, sourceOf("f", "access"));
  t.match(entry, { level: "error", time: Date.parse("2026-11-23T08:00:00.018Z") });
  t.match(shown(entry), "GET /a?b=c 500 13ms client=192.0.2.7 id=r-1 cause=CD");
});

t.test(
  "a message is a line; what a terminal would obey is escaped; what is broken is shown",
  async (t) => {
    const line = (fields: object): string =>
      shown(
        readEntry(
          JSON.stringify({ level: "warn", msg: "it is", pid: 1, ...fields }),
          sourceOf("f"),
        ),
      );
    t.equal(line({ why: "a b", n: 3, plain: "x" }), 'balancer   warn  it is why="a b" n=3 plain=x');
    t.equal(
      line({ err: { type: "Error", message: 'no "x"\nat all', stack: "long" } }),
      'balancer   warn  it is err="Error: no \\"x\\"\\nat all"',
    );
    t.equal(line({ msg: "\u001b[2J\u009b\u202e" }), "balancer   warn  \\u001b[2J\\u009b\\u202e");
    for (const broken of ['{"level":"in', "    at x.ts:3", "[1]", "{}x\u0007", "null"])
      for (const kind of ["app", "access"] as const) {
        const entry = readEntry(broken, sourceOf("f", kind));
        t.equal(shown(entry).trim(), `balancer   -     ${broken.replace("\u0007", "\\u0007")}`);
        t.equal(entry.line, broken);
        t.ok(selects({ level: "error", since: began, lines: 1 }, entry), "with any selection");
      }
  },
);

t.test("lines are found from both ends of a file, whatever their length", async (t) => {
  const long = "é".repeat(50_000);
  const lines = ["first", "", long, "x".repeat(65_535), "y".repeat(65_536), "", "last"];
  for (const end of ["\n", ""]) {
    const path = join(t.testdir({ log: lines.join("\n") + end }), "log");
    const fd = openSync(path, "r");
    t.teardown(() => closeSync(fd));
    const backwards = [...linesBackwards(fd)];
    t.same(backwards.map(({ text }) => text).toReversed(), lines);
    for (const { text, at } of backwards) {
      const reader = new LineReader(fd, at);
      const [first = reader.rest()] = reader.lines();
      t.ok(first === text, "the place is that of the line");
    }
  }
  const path = join(t.testdir({ log: `${"z".repeat(3_000_000)}\nshort\n` }), "log");
  const fd = openSync(path, "r");
  t.teardown(() => closeSync(fd));
  const [huge = "", short] = new LineReader(fd, 0).lines();
  t.ok(huge.length < 1_100_000, "a line beyond all measure is cut");
  t.match(huge.slice(-40), / … and 1951424 bytes more$/);
  t.equal(short, "short");
  t.same(
    [...linesBackwards(fd)].map(({ at }) => at),
    [3_000_001, 0],
  );
});

t.test("a log is read on when it is moved away, cut, removed, or comes later", async (t) => {
  const path = join(t.testdir(), "later", "balancer.log");
  const tail = tailOf(t, path);
  t.equal(tail.state, "missing");
  t.same(linesOf(tail), []);
  mkdirSync(join(path, ".."));
  writeFileSync(path, "one\ntw");
  t.same(linesOf(tail), ["one"], "a line that is not complete is waited for");
  appendFileSync(path, "o\n");
  t.same(linesOf(tail), ["two"]);
  renameSync(path, `${path}.1`);
  appendFileSync(`${path}.1`, "three\n");
  t.same(linesOf(tail), ["three"], "no new file yet");
  appendFileSync(`${path}.1`, "four\n");
  writeFileSync(path, "five\n");
  t.same(linesOf(tail), ["four", "five"]);
  appendFileSync(`${path}.1`, "late\n");
  t.same(linesOf(tail), ["late"], "the tier had not noticed yet");
  clock.ms += 20_000;
  t.same(linesOf(tail), []);
  appendFileSync(`${path}.1`, "never\n");
  t.same(linesOf(tail), [], "the moved file is closed after a while");
  truncateSync(path, 0);
  appendFileSync(path, "a\n");
  t.same(linesOf(tail), ["a"]);
  rmSync(path);
  t.same(linesOf(tail), []);
  writeFileSync(path, "new\n");
  t.same(linesOf(tail), ["new"]);
  rmSync(path);
  mkdirSync(path);
  t.same(linesOf(tail), []);
  t.match(tail, { state: "refused", why: /balancer\.log: is no regular file/ });
});

const at = (second: number, level = "info"): string =>
  JSON.stringify({ level, time: new Date(began + second * 1000).toISOString(), msg: `m${second}` });

t.test(
  "logs are merged by time; the newest of all are chosen, within since and by level",
  async (t) => {
    const a = [at(1), at(4, "error"), "    of 4", at(9)].join("\n");
    const b = [at(2, "warn"), at(3), at(8, "error")].join("\n");
    const folder = t.testdir({ a: `${a}\n`, b: `${b}\n`, empty: "" });
    const chosen = (selection: Partial<Parameters<typeof selects>[0]>): string => {
      const all = { level: undefined, since: Number.NEGATIVE_INFINITY, lines: 99, ...selection };
      const tails = ["a", "b", "empty", "none"].map((name) => tailOf(t, join(folder, name)));
      startAtSelection(tails, all);
      const merged = [...mergeByTime(tails.map((tail) => tail.fresh()))];
      return merged
        .filter((entry) => selects(all, entry))
        .map(({ line }) => /m(\d+)/.exec(line)?.[1] ?? line.trim())
        .join(", ");
    };
    t.equal(chosen({}), "1, 2, 3, 4, of 4, 8, 9");
    t.equal(
      chosen({ lines: 3 }),
      "of 4, 8, 9",
      "a line without a time belongs to the one before it",
    );
    t.equal(chosen({ lines: 0 }), "");
    t.equal(chosen({ level: "warn" }), "2, 4, of 4, 8");
    t.equal(chosen({ level: "error", lines: 1 }), "8", "as many as are wanted of those that fit");
    t.equal(chosen({ since: began + 4000 }), "4, of 4, 8, 9");
    t.equal(chosen({ since: began + 99_000 }), "");
  },
);
