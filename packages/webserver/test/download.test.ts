// Downloads of large files: with slow clients, with clients that leave, with files that change
// during the download, and during a drain of the webserver.

import { randomBytes } from "node:crypto";
import { once } from "node:events";
import fs, {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import type { Socket } from "node:net";
import { connect } from "node:net";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import t, { type Test } from "tap";
import { certificates } from "./certificates.ts";
import { ask, parse, type Running, slowReader, start, until } from "./support.ts";

const MiB = 1024 * 1024;
const SIZE = 100 * MiB;

/** Starts a webserver for one file of 100 MiB. The file is sparse, so it uses no disk space. */
async function serve(t: Test, patience = "1m"): Promise<Running & { readonly file: string }> {
  const root = t.testdir({ "large.bin": "" });
  const file = join(root, "large.bin");
  truncateSync(file, SIZE);
  const section = { locations: [{ path: "/", root }], timeouts: { client: patience } };
  return { ...(await start(t, section)), file };
}

/** Returns how many descriptors of this process are open on `file`, even if the file is deleted. */
function descriptors(file: string): number {
  return readdirSync("/proc/self/fd").filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(file);
    } catch {
      return false; // this is the descriptor of the folder that is being listed
    }
  }).length;
}

/** Reads to the end of the connection. Returns how many bytes were read, the head included. */
async function drainSocket(socket: Socket): Promise<number> {
  let bytes = 0;
  socket.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
  });
  socket.resume();
  await finished(socket, { writable: false }).catch(() => undefined);
  return bytes;
}

t.test("a slow client costs two buffers, whatever the file's size", async (t) => {
  const { port, file, lines } = await serve(t, "5s");
  const before = process.memoryUsage().arrayBuffers;
  const sockets = await Promise.all(
    Array.from({ length: 20 }, () => slowReader(port, "/large.bin")),
  );
  await until("20 downloads have begun", () => descriptors(file) === 20);
  await sleep(200); // until the kernel's buffers are full
  const held = process.memoryUsage().arrayBuffers - before;
  t.ok(held < 20 * 512 * 1024, `20 downloads hold ${Math.round(held / 1024)} KiB`);
  await until("the clients that read nothing are given up", () => lines.length === 20);
  t.match(lines[0], / web\/<STATIC> .* 200 \d+ - - cD-- .*cause="client-timeout"/);
  await until("descriptors closed", () => descriptors(file) === 0);
  for (const socket of sockets) socket.destroy();
});

t.test("a client that reads with pauses gets every byte, over TCP and TLS", async (t) => {
  const content = randomBytes(20 * MiB);
  const root = t.testdir({ "random.bin": content, ...certificates() });
  const tls = {
    ca: join(root, "ca.crt"),
    cert: join(root, "box1.crt"),
    key: join(root, "box1.key"),
  };
  const locations = [{ path: "/", root }];
  const request = "GET /random.bin HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";
  const plain = await start(t, { locations });
  const secure = await start(t, { locations, tls });
  const { port } = secure;
  const identity = {
    ca: readFileSync(tls.ca),
    cert: readFileSync(tls.cert),
    key: readFileSync(tls.key),
  };
  for (const socket of [
    connect(plain.port, "127.0.0.1"),
    connectTls({ port, host: "127.0.0.1", servername: "box1", ...identity }),
  ]) {
    socket.write(request);
    const chunks: Buffer[] = [];
    for await (const chunk of socket) {
      chunks.push(chunk as Buffer);
      if (chunks.length % 40 === 0) await sleep(5);
    }
    const { body, status } = parse(Buffer.concat(chunks));
    t.equal(status, 200);
    t.ok(body.equals(content), `${body.length} bytes of ${content.length}`);
  }
});

t.test("when a client leaves, the descriptor of its file is closed", async (t) => {
  const { port, file, lines } = await serve(t);
  for (let round = 0; round < 20; round++) {
    const socket = await slowReader(port, "/large.bin");
    if (round % 2 === 0) await until("under way", () => descriptors(file) > 0);
    socket.resetAndDestroy();
  }
  await until("descriptors closed", () => descriptors(file) === 0);
  await until("the ten downloads that had begun are in the log", () => lines.length >= 10);
  for (const line of lines) t.match(line, / C[HD]-- /);
});

t.test("the connection ends when a file is truncated during its download", async (t) => {
  const { port, file, lines } = await serve(t);
  const socket = await slowReader(port, "/large.bin");
  // Wait until the head, with the file's length, has arrived. An open descriptor would not show
  // that: the webserver also opens the file to check it, before the head is written.
  await once(socket, "readable");
  truncateSync(file, MiB);
  const bytes = await drainSocket(socket);
  t.ok(bytes < SIZE, `${bytes} bytes came, then the connection ended`);
  await until("logged", () => lines.length === 1);
  t.match(lines[0], / 200 \d+ - - SD-- .*cause="the file shrank while it was sent"/);
  await until("the file's descriptor is closed", () => descriptors(file) === 0);
});

t.test("a file that is replaced or deleted during its download is sent to its end", async (t) => {
  const { port, file } = await serve(t);
  const [first, second] = [
    await slowReader(port, "/large.bin"),
    await slowReader(port, "/large.bin"),
  ];
  // Both heads have arrived, so both downloads have begun. Open descriptors would not show that.
  await Promise.all([first, second].map((socket) => once(socket, "readable")));
  writeFileSync(`${file}.new`, "small");
  renameSync(`${file}.new`, file);
  const third = await ask(port, "/large.bin", { Range: "bytes=0-4" });
  t.match(third.status, /200|206/);
  unlinkSync(file);
  for (const socket of [first, second]) {
    let bytes = 0;
    for await (const chunk of socket) {
      bytes += (chunk as Buffer).length;
      if (bytes > SIZE) break;
    }
    t.ok(bytes > SIZE);
  }
});

t.test("the answer is cut off when a file is written to during its download", async (t) => {
  const { port, file, lines } = await serve(t);
  const socket = await slowReader(port, "/large.bin");
  await once(socket, "readable"); // the head has arrived, so the download has begun
  const descriptor = openSync(file, "r+");
  writeSync(descriptor, "another version");
  closeSync(descriptor);
  const received = await drainSocket(socket);
  t.ok(received < SIZE);
  await until("logged", () => lines.length > 0);
  t.match(lines[0], /the file changed while it was sent/);
});

t.test("a file that changes while it is opened is checked again, but not for ever", async (t) => {
  const { port, file, lines } = await serve(t);
  const { open } = fs;
  t.teardown(() => {
    fs.open = open;
    syncBuiltinESMExports();
  });
  let changes = 0;
  const changing = (path: string, ...rest: unknown[]) => {
    if (path === file && changes > 0) {
      changes -= 1;
      truncateSync(file, MiB + changes);
    }
    return Reflect.apply(open, fs, [path, ...rest]);
  };
  fs.open = changing as typeof fs.open;
  syncBuiltinESMExports();
  changes = 2;
  const { status, body } = await ask(port, "/large.bin");
  t.same([status, body.length], [200, MiB], "the last version is sent completely");
  changes = 1000;
  const never = await ask(port, "/large.bin");
  t.same([never.status, never.fields.get("retry-after")], [503, "1"]);
  t.match(lines.at(-1), /cause="the file changes faster than it can be opened"/);
});

t.test("during a drain, idle and new connections get an answer to one more request", async (t) => {
  const root = t.testdir({ "a.txt": "a", "large.bin": "" });
  truncateSync(join(root, "large.bin"), 8 * 1024 * 1024);
  const { port, webserver, pass } = await start(t, { locations: [{ path: "/", root }] });
  const asking = "GET /a.txt HTTP/1.1\r\nHost: a\r\n\r\n";
  const said = (socket: Socket) => {
    let text = "";
    socket.on("data", (chunk) => (text += chunk));
    return () => text;
  };
  const idle = connect(port, "127.0.0.1");
  const unused = connect(port, "127.0.0.1");
  const download = await slowReader(port, "/large.bin");
  const [answers, nothing] = [said(idle), said(unused)];
  idle.write(asking);
  await until("a first answer", () => answers().endsWith("a"));
  await once(download, "readable");
  t.notMatch(String(download.read(400)), /Connection: close/, "the head was sent before the drain");
  let over = false;
  const drained = webserver.drain(60_000).then(() => {
    over = true;
  });
  idle.write(asking);
  await once(idle, "close");
  t.match(answers(), /200 OK[\s\S]*a[\s\S]*200 OK[\s\S]*Connection: close[\s\S]*a$/);
  t.equal((await ask(port, "/a.txt")).body.toString(), "a", "a new connection gets its answer");
  // The head of the download was sent before the drain, without `Connection: close`. So the client
  // may send another request on this connection, even during the drain.
  const rest = said(download);
  download.resume();
  await until("the download's end", () => rest().length > 8 * 1024 * 1024 - 70_000);
  download.write(asking);
  await until("its last", () => /Connection: close[\s\S]*a$/.test(rest().slice(-400)));
  t.notOk(over);
  pass(3_000); // a drain closes no idle connection for 2 s, and all of them within the next second
  await once(unused, "close");
  t.equal(nothing(), "");
  await drained;
});

t.test("a drain lets a download finish and then accepts no new connection", async (t) => {
  const { port, file, webserver, lines } = await serve(t);
  const idle = await slowReader(port, "/healthz");
  const socket = await slowReader(port, "/large.bin");
  await until("under way", () => descriptors(file) === 1);
  const drained = webserver.drain(20_000);
  idle.resume();
  const bytes = await drainSocket(socket);
  t.ok(bytes > SIZE, "whole");
  await drained;
  await t.rejects(ask(port, "/large.bin"), { code: "ECONNREFUSED" });
  t.match(lines[0], / 200 \d+ - - ---- /);
});

t.test("a drain ends at its deadline", async (t) => {
  const { port, file, webserver, lines } = await serve(t);
  const socket = await slowReader(port, "/large.bin");
  await until("under way", () => descriptors(file) === 1);
  await webserver.drain(300); // the client does not read, so only the deadline ends the drain
  t.match(lines[0], / 200 \d+ - - KD-- .*cause="stopped"/);
  t.ok((await drainSocket(socket)) < SIZE);
  await until("descriptors closed", () => descriptors(file) === 0);
});
