// Tests the stages of a listener before TLS, each with a toy implementation: a preface that reports the client's address
// (the real one is tested in ../proxy-protocol), and a hello route that passes some connections on unchanged.
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect as connectTcp } from "node:net";
import { Duplex } from "node:stream";
import { connect, createServer as createTlsServer } from "node:tls";
import t, { type Test } from "tap";
import { certificate } from "../../test/certificate.ts";
import { ManualClock } from "../../test/manual-clock.ts";
import type { Timer } from "../clock.ts";
import { attach } from "../connection.ts";
import { Deadlines } from "../deadlines.ts";
import { ReadBuffers } from "../reads.ts";
import { edgeTls } from "../tls/edge.ts";
import type { RefusedConnection } from "../tls/refusal.ts";
import { turnClock } from "../turn-clock.ts";
import type { Accepted } from "./accepted.ts";
import { Listener, type ListenerOptions } from "./listener.ts";
import type { Preface } from "./preface.ts";

const [a, b, inner] = ["a.test", "b.test", "inner.test"].map(certificate) as [Files, Files, Files];
type Files = ReturnType<typeof certificate>;
const edge = (...certificates: Files[]) =>
  edgeTls({ certificates, policy: "intermediate", alpn: ["http/1.1"] });

/** A toy preface: the line `FROM 203.0.113.9:1234` before all other bytes. */
const FROM: Preface = {
  ...{ name: "preface", maxBytes: 40, limitMs: 3_000 },
  admits: ({ address }) => address === "127.0.0.1",
  read(bytes) {
    const line = bytes.toString("latin1");
    if (!"FROM ".startsWith(line.slice(0, 5))) return "it does not begin with FROM";
    const end = line.indexOf("\r\n");
    if (end < 0) return undefined;
    const [, address, port] = /^FROM ([\d.]+):(\d+)$/.exec(line.slice(0, end)) ?? [];
    if (address === undefined) return "no address and port follow FROM";
    const local = { address: "192.0.2.80", port: 443 };
    return { length: end + 2, ends: { client: { address, port: Number(port) }, local } };
  },
};

/** Answers each connection with its client's address and, when the client ends, with all bytes that were received. */
function tell(accepted: Accepted, deadlines: Deadlines): void {
  const { socket, reads, address, port, localAddress, localPort, tls } = accepted;
  let came = "";
  const receive = (chunk: Buffer): void => {
    came += chunk.toString("latin1");
  };
  const session = {
    ...{ bulk: false, receive, drained: () => {}, closed: () => {}, expired: () => {} },
    receiveShared: (memory: Buffer, length: number) => receive(memory.subarray(0, length)),
    receiveOwned: (chunk: Buffer) => receive(chunk) === undefined,
    ended: () => {
      const ends = `${address}:${port} at ${localAddress}:${localPort}`;
      socket.end(`${ends} ${tls?.serverName ?? "plain"} ${came}`);
    },
  };
  attach(socket, session, deadlines.add(session), reads);
}

/** A clock that notes the times for which timers were set. */
class NotingClock extends ManualClock {
  readonly limits: number[] = [];
  override after(ms: number, run: () => void): Timer {
    this.limits.push(ms);
    return super.after(ms, run);
  }
}

const NORMAL = "203.0.113.9:1234 at 192.0.2.80:443";
const KINDS = ["Node's buffers", "our buffers", "TLS", "TLS by name"] as const;

async function given(t: Test, kind: (typeof KINDS)[number], more: Partial<ListenerOptions> = {}) {
  const clock = new NotingClock();
  const deadlines = new Deadlines(clock);
  const refused: RefusedConnection[] = [];
  const listener = new Listener({
    ...{ address: { host: "127.0.0.1", port: 0 }, clock, preface: FROM },
    ...(kind === "our buffers" && { buffers: new ReadBuffers(turnClock(clock)) }),
    ...(kind.startsWith("TLS") && { tls: kind === "TLS" ? edge(a) : edge(a, b) }),
    accepted: (accepted) => tell(accepted, deadlines),
    refused: (one) => refused.push(one),
    ...more,
  });
  await listener.listen();
  t.teardown(() => listener.stop());
  return { kind, clock, refused, listener, port: listener.port };
}

/** Opens a connection that sends `size` bytes at a time. `preface` is sent before all other bytes. */
function inPieces(port: number, preface: string, size: number): Duplex {
  const below = connectTcp({ port, host: "127.0.0.1", noDelay: true, allowHalfOpen: true });
  let before = Buffer.from(preface);
  const over = new Duplex({
    read: () => undefined,
    write(chunk: Buffer, _encoding, done) {
      const bytes = Buffer.concat([before, chunk]);
      before = Buffer.alloc(0);
      const next = (at: number): void => {
        if (at >= bytes.length) done();
        else below.write(bytes.subarray(at, at + size), () => setImmediate(next, at + size));
      };
      next(0);
    },
    final: (done) => void below.end(done),
    destroy: (error, done) => {
      below.destroy();
      done(error);
    },
  });
  below.on("data", (chunk) => over.push(chunk)).on("error", () => undefined);
  below.on("close", () => over.push(null));
  return over;
}

/**
 * Opens a connection that sends `preface`, then `words`, and then half-closes. Returns all bytes that the connection
 * gets back.
 */
async function told(
  { port, kind }: { port: number; kind: string },
  preface: string,
  words: string,
  size: number,
): Promise<string> {
  const raw = inPieces(port, preface, size);
  const servername = "b.test";
  const stream = kind.startsWith("TLS")
    ? connect({ socket: raw, servername, rejectUnauthorized: false })
    : raw;
  let text = "";
  stream.on("data", (chunk) => {
    text += chunk;
  });
  stream.on("error", () => undefined);
  const over = new Promise((resolve) => stream.on("end", resolve).on("close", resolve));
  stream.end(words);
  await over;
  return text;
}

for (const kind of KINDS) {
  t.test(`${kind}: a preface reports the client, and no byte after it is lost`, async (t) => {
    const listener = await given(t, kind);
    const name = kind.startsWith("TLS") ? "b.test" : "plain";
    for (const size of [100_000, 7, 1]) {
      const words = "hello ".repeat(20);
      const text = await told(listener, "FROM 203.0.113.9:1234\r\n", words, size);
      t.equal(text, `${NORMAL} ${name} ${words}`, `${size} bytes at a time`);
    }
    t.same(listener.refused, []);
    t.notOk(listener.clock.step(), "no timer is left");
  });

  t.test(`${kind}: a wrong preface and one that is too long are refused`, async (t) => {
    const listener = await given(t, kind);
    for (const [preface, why] of [
      ["GET / HTTP/1.1\r\n", /does not begin/],
      ["FROM me\r\n", /no address/],
      [`FROM ${"1".repeat(40)}`, /longer than 40 bytes/],
    ] as const) {
      t.equal(await told(listener, preface, "x".repeat(8), 5), "");
      t.match(listener.refused.pop(), { reason: "preface", why, client: "127.0.0.1" });
    }
    t.notOk(listener.listener.arriving || listener.clock.step());
  });

  t.test(`${kind}: a preface that comes late or breaks off is refused`, async (t) => {
    const { port, clock, refused, listener } = await given(t, kind);
    const slow = connectTcp({ port, host: "127.0.0.1" }).on("error", () => undefined);
    slow.resume().write("FROM 203");
    while (!listener.arriving) await new Promise(setImmediate);
    const gone = new Promise((resolve) => slow.once("close", resolve));
    t.ok(clock.step());
    await gone;
    t.match(refused, [{ reason: "timeout", why: /preface/, client: "127.0.0.1" }]);
    const early = connectTcp({ port, host: "127.0.0.1" });
    early.end("FROM 203");
    await once(early.resume(), "close");
    t.match(refused[1], { reason: "closed", why: /preface/, client: "127.0.0.1" });
    const cut = connectTcp({ port, host: "127.0.0.1" });
    cut.write("FROM 203");
    while (!listener.arriving) await new Promise(setImmediate);
    cut.resetAndDestroy();
    while (refused.length < 3) await new Promise(setImmediate);
    t.match(refused[2], { reason: "closed", why: /preface/ });
    t.notOk(clock.step(), "no timer is left");
  });

  t.test(
    `${kind}: a peer that may send no preface is refused before its bytes are read`,
    async (t) => {
      const preface = { ...FROM, admits: () => false };
      const { port, refused, clock } = await given(t, kind, { preface });
      const silent = connectTcp({ port, host: "127.0.0.1" }).on("error", () => undefined);
      await once(silent.resume(), "close");
      t.match(refused, [{ reason: "untrusted", why: /preface/, client: "127.0.0.1" }]);
      t.notOk(clock.step(), "no timer was needed");
    },
  );

  t.test(`${kind}: a listener that stops closes the connections in its stages`, async (t) => {
    const { port, listener, refused } = await given(t, kind);
    const client = connectTcp({ port, host: "127.0.0.1" });
    client.resume().write("FROM ");
    while (!listener.arriving) await new Promise(setImmediate);
    const gone = new Promise((resolve) => client.on("error", resolve).on("close", resolve));
    listener.stop();
    await gone;
    while (listener.arriving) await new Promise(setImmediate);
    t.same(refused, [], "the client did not leave, and no stage refused it");
  });
}

for (const kind of ["TLS", "TLS by name"] as const)
  t.test(
    `${kind}: the preface has its own time limit, hello and handshake have one together`,
    async (t) => {
      const { port, clock, refused, listener } = await given(t, kind);
      const client = connectTcp({ port, host: "127.0.0.1" }).on("error", () => undefined);
      client.resume().write("FROM 203.0.113.9:1234\r\n");
      client.write(Buffer.from([22, 3, 1, 2, 0, 1]));
      while (!listener.arriving) await new Promise(setImmediate);
      await new Promise((resolve) => setTimeout(resolve, 50));
      const gone = new Promise((resolve) => client.once("close", resolve));
      t.same(clock.limits, [FROM.limitMs, 5_000], "the second begins when the preface has come");
      t.ok(clock.step());
      await gone;
      const expected = { reason: "timeout", why: /TLS handshake/, client: "203.0.113.9" };
      await new Promise((resolve) => setTimeout(resolve, 50));
      t.equal(refused.length, 1, "once");
      t.match(refused, [expected]);
    },
  );

/** Starts a server that terminates the TLS of connections that were passed on unchanged. Returns its port. */
async function givenInner(t: Test): Promise<number> {
  const [cert, key] = [readFileSync(inner.cert), readFileSync(inner.key)];
  const server = createTlsServer({ cert, key }, (socket) => socket.end("inner"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => server.close());
  const address = server.address();
  return address !== null && typeof address === "object" ? address.port : 0;
}

t.test("the name in the hello decides: passed on unchanged, or TLS terminated", async (t) => {
  const port = await givenInner(t);
  const passed: string[] = [];
  const onwards = ({ socket, address, tls }: Accepted): void => {
    passed.push(`${address} ${tls}`);
    const server = connectTcp({ port, host: "127.0.0.1" }, () => {
      socket.pipe(server).pipe(socket);
    });
    for (const one of [socket, server]) one.on("error", () => undefined);
  };
  const accepted = ({ socket }: Accepted): void => void socket.end("ours");
  for (const [kind, preface] of [
    ["TLS", FROM],
    ["TLS by name", undefined],
  ] as const) {
    const options = {
      preface,
      accepted,
      hello: (name: string) => (name === "raw.test" ? onwards : undefined),
    };
    const { port: front, listener } = await given(t, kind, options);
    for (const [servername, text, name] of [
      ["raw.test", "inner", "inner.test"],
      ["a.test", "ours", "a.test"],
    ] as const)
      for (const size of [100_000, 11]) {
        const before = preface === undefined ? "" : "FROM 203.0.113.9:1234\r\n";
        const raw = inPieces(front, before, size);
        const client = connect({ socket: raw, servername, rejectUnauthorized: false });
        const [chunk] = await once(client, "data");
        t.equal(String(chunk), text);
        t.match(client.getPeerCertificate().subject, { CN: name });
        raw.destroy();
        client.destroy();
      }
    listener.stop();
  }
  t.same(passed, [
    ...Array(2).fill("203.0.113.9 undefined"),
    ...Array(2).fill("127.0.0.1 undefined"),
  ]);
});

for (const kind of ["Node's buffers", "our buffers"] as const)
  t.test(
    `${kind}: a client that resets before it is accepted is refused without an address`,
    async (t) => {
      const { refused, port } = await given(t, kind);
      // This thread waits for the other process, so it accepts the connection after its reset.
      const check = `const s = require("node:net").connect(${port}, "127.0.0.1", () => s.resetAndDestroy())`;
      execFileSync(process.execPath, ["-e", check]);
      while (refused.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
      t.match(refused, [{ reason: "closed", why: /reset .* before it was accepted/, client: "" }]);
    },
  );
