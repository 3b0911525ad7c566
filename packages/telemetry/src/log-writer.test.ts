// Checks that logging survives full disks and moved files, and that several threads can share one file.
import { spawn, spawnSync } from "node:child_process";
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import t, { type Test } from "tap";
import { ManualClock, until } from "../test/clock.ts";
import { LogFile, type LogOutput } from "./log-file.ts";
import { LogWriter } from "./log-writer.ts";

function open(t: Test, output: LogOutput | string, clock = new ManualClock()) {
  const seen = { dropped: 0, warnings: [] as string[] };
  const writer = new LogWriter(typeof output === "string" ? new LogFile(output) : output, {
    clock,
    dropped: (lines) => {
      seen.dropped += lines;
    },
    warn: (message) => seen.warnings.push(message),
  });
  t.teardown(() => {
    const closed = writer.close(100);
    clock.advance(100);
    return closed;
  });
  return { writer, clock, seen };
}
const linesOf = (path: string): string[] => readFileSync(path, "utf8").split("\n").slice(0, -1);

t.test("on a full disk lines are lost and counted, with one warning a minute", async (t) => {
  const { writer, clock, seen } = open(t, "/dev/full");
  const line = "x".repeat(1023);
  for (let n = 0; n < 3000; n++) writer.write(line);
  t.equal(seen.dropped, 3000 - 1024, "beyond 1 MiB lines are dropped and counted");
  await writer.flush();
  for (let second = 0; second < 50; second++) {
    clock.advance(1000);
    await writer.flush();
  }
  t.match(seen.warnings, [/^telemetry: \/dev\/full: cannot write \(ENOSPC\)/]);
  clock.advance(20_000);
  await writer.flush();
  t.equal(seen.warnings.length, 2);
  const closed = writer.close(500);
  clock.advance(500);
  await closed;
  t.equal(seen.dropped, 3000, "every line was written or counted as dropped");
});

const root = process.getuid?.() === 0;
t.test(
  "when a full disk has room again, the lines that were kept are written, each whole",
  { skip: !root && "mounting a small file system needs root" },
  async (t) => {
    const directory = mkdtempSync(join(tmpdir(), "tandem-"));
    t.teardown(() => {
      spawnSync("umount", ["-l", directory]);
      rmdirSync(directory);
    });
    const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", directory]);
    if (mounted.status !== 0)
      return t.pass("a full disk", { skip: `mount is not allowed: ${mounted.stderr}` });
    const path = join(directory, "a.log");
    writeFileSync(join(directory, "ballast"), "b".repeat(32 * 1024));
    const { writer, clock, seen } = open(t, path);
    for (let n = 0; n < 50; n++) writer.write(`${n} ${"x".repeat(1000)}`);
    await writer.flush();
    t.match(seen.warnings, [/ENOSPC/]);
    t.ok(linesOf(path).length < 50, "part of the lines was written");
    rmSync(join(directory, "ballast"));
    clock.advance(1000);
    await writer.flush();
    t.same(
      linesOf(path).map((line) => Number.parseInt(line, 10)),
      [...Array(50).keys()],
    );
    t.equal(seen.dropped, 0);
  },
);

t.test("rotated files are followed", async (t) => {
  const directory = join(t.testdir(), "logs");
  const path = join(directory, "a.log");
  const { writer, clock } = open(t, path);
  t.equal(statSync(directory).mode & 0o777, 0o750);
  t.equal(statSync(path).mode & 0o777, 0o640);
  const say = async (line: string) => {
    writer.write(line);
    await writer.flush();
  };

  await say("one");
  renameSync(path, `${path}.1`);
  await say("still the old file");
  t.same(linesOf(`${path}.1`), ["one", "still the old file"]);
  clock.advance(5000);
  await until("reopening", () => statSync(path, { throwIfNoEntry: false }) !== undefined);
  await say("two");
  t.same(linesOf(path), ["two"]);

  truncateSync(path, 0);
  await say("after copytruncate");
  t.equal(readFileSync(path, "utf8"), "after copytruncate\n", "no hole at the front");

  rmSync(directory, { recursive: true });
  clock.advance(5000);
  await until("reopening", () => statSync(path, { throwIfNoEntry: false }) !== undefined);
  await say("three");
  t.same(linesOf(path), ["three"]);
});

t.test("while the directory cannot be made again, the old file stays in use", async (t) => {
  const directory = t.testdir({ logs: {} });
  const path = join(directory, "logs", "a.log");
  const { writer, clock, seen } = open(t, path);
  renameSync(join(directory, "logs"), join(directory, "moved"));
  writeFileSync(join(directory, "logs"), "a file in the way");
  clock.advance(5000);
  // The error is ENOTDIR and not ENOENT: the path cannot be opened again, so the old descriptor stays in use.
  writer.write("kept");
  await writer.flush();
  t.same(linesOf(join(directory, "moved", "a.log")), ["kept"]);
  t.same(seen.warnings, []);
});

const writerUrl = new URL("./log-writer.ts", import.meta.url);
const fileUrl = new URL("./log-file.ts", import.meta.url);
const clockUrl = new URL("../test/clock.ts", import.meta.url);
const prelude = (path: string) => `
  import { LogWriter } from ${JSON.stringify(writerUrl.href)};
  import { LogFile } from ${JSON.stringify(fileUrl.href)};
  import { realClock } from ${JSON.stringify(clockUrl.href)};
  let dropped = 0;
  const writer = new LogWriter(new LogFile(${JSON.stringify(path)}), {
    clock: realClock,
    dropped(lines) { dropped += lines; },
  });
`;

/** Makes a named pipe with a reader that never blocks; `read` returns the bytes that are in the pipe. */
function pipe(t: Test) {
  const path = join(t.testdir(), "pipe");
  const made = spawnSync("mkfifo", [path]);
  if (made.status !== 0) throw new Error(`mkfifo: ${made.stderr ?? made.error?.message}`);
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  t.teardown(() => closeSync(fd));
  const buffer = Buffer.alloc(10_000);
  const read = (): string => {
    try {
      return buffer.toString("latin1", 0, readSync(fd, buffer));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EAGAIN") return "";
      throw error;
    }
  };
  return { path, read };
}

t.test("the writer waits for a full pipe and then continues where it stopped", async (t) => {
  const { path, read } = pipe(t);
  const { writer, clock, seen } = open(t, path);
  const expected: string[] = [];
  for (let n = 0; n < 2000; n++) {
    // Every hundredth line is longer than the largest atomic write to a pipe.
    expected.push(`${n} ${"y".repeat(n % 100 === 0 ? 6000 : 100)}`);
    writer.write(expected[n] ?? "");
  }
  const flushed = writer.flush();
  let text = "";
  await until("every line", () => {
    clock.advance(5);
    text += read();
    return text.length === expected.join("\n").length + 1;
  });
  await flushed;
  t.same(text.split("\n").slice(0, -1), expected);
  t.equal(seen.dropped, 0);
});

t.test("a pipe without a reader does not delay the exit", async (t) => {
  const { path } = pipe(t);
  const script = `${prelude(path)}
    for (let n = 0; n < 200; n++) writer.write("w".repeat(999));
    await new Promise(setImmediate);
    writer.write("late");
    await writer.close(100);
    writer.write("later");
    console.log(dropped);
    process.exit(0);`;
  const options = { env: {}, encoding: "utf8", timeout: 10_000 } as const;
  const child = spawnSync(process.execPath, ["--input-type=module", "-e", script], options);
  t.equal(child.status, 0, child.stderr);
  t.match(child.stderr, /cannot write the last lines \((EAGAIN|the output hangs)\)/);
  const dropped = Number(child.stdout);
  t.ok(dropped >= 202 - 66 && dropped < 202, `lines that did not fit are counted: ${dropped}`);
});

t.test("lines wait at most 100 ms; 32 KiB are written at once", async (t) => {
  const path = join(t.testdir(), "a.log");
  const { writer, clock } = open(t, path);
  writer.write("one");
  clock.advance(99);
  t.same(linesOf(path), []);
  clock.advance(1);
  await until("the line", () => linesOf(path).length === 1);
  for (let n = 0; n < 33; n++) writer.write("z".repeat(1000));
  await until("the batch", () => linesOf(path).length === 34);
});

t.test("a process that exits at once still writes its last lines", async (t) => {
  const path = join(t.testdir(), "a.log");
  const script = `${prelude(path)}
    for (let n = 0; n < 900; n++) writer.write(n + " " + "x".repeat(100));
    process.exit(3);`;
  const child = spawnSync(process.execPath, ["--input-type=module", "-e", script], { env: {} });
  t.equal(child.status, 3, child.stderr.toString());
  t.same(
    linesOf(path)
      .map((line) => Number.parseInt(line, 10))
      .sort((a, b) => a - b),
    [...Array(900).keys()],
  );
});

async function writeFromThreads(path: string): Promise<void> {
  const script = `${prelude(path)}
    import { workerData } from "node:worker_threads";
    for (let n = 0; n < 3000; n++) {
      writer.write(workerData + " " + n + " " + workerData.repeat(n % 300) + " end");
      if (n % 200 === 0) await writer.flush();
    }
    await writer.close(10_000);`;
  const url = new URL(`data:text/javascript,${encodeURIComponent(script)}`);
  const workers = ["a", "b", "c", "d"].map((name) => new Worker(url, { workerData: name }));
  await Promise.all(
    workers.map((w) => new Promise((done, fail) => w.on("exit", done).on("error", fail))),
  );
}

function checkThreadLines(t: Test, lines: readonly string[]): void {
  t.equal(lines.length, 12_000);
  t.same(
    lines.filter((line) => !/^([a-d]) \d+ \1* end$/.test(line)),
    [],
    "no line is mixed with another",
  );
  for (const name of ["a", "b", "c", "d"]) {
    const own = lines.filter((line) => line.startsWith(name));
    t.same(
      own.map((line) => Number(line.split(" ")[1])),
      [...Array(3000).keys()],
      `${name}'s lines are in order`,
    );
  }
}

t.test("threads that share a file never mix their lines", async (t) => {
  const path = join(t.testdir(), "a.log");
  await writeFromThreads(path);
  checkThreadLines(t, linesOf(path));
});

t.test("threads that share a pipe never mix their lines", async (t) => {
  const { path } = pipe(t);
  const cat = spawn("cat", [path], {
    env: { PATH: process.env.PATH },
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.teardown(() => cat.kill());
  let text = "";
  cat.stdout.setEncoding("latin1").on("data", (chunk: string) => {
    text += chunk;
  });
  await writeFromThreads(path);
  await until("every line", () => text.endsWith("\n") && text.split("\n").length === 12_001);
  checkThreadLines(t, text.split("\n").slice(0, -1));
});
