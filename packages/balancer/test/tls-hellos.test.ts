// ClientHellos as they come: with post-quantum key shares, in many pieces and in several records. And the protocols that
// are agreed on by ALPN (RFC 7301).
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect as connectTcp, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Duplex } from "node:stream";
import { type ConnectionOptions, connect } from "node:tls";
import t from "tap";
import { givenBalancer, givenOrigin, until } from "./given.ts";
import { givenTcpBalancer, givenTcpServer } from "./given-tcp.ts";
import { selfSigned } from "./self-signed.ts";

const folder = mkdtempSync(join(tmpdir(), "tandem-hellos-"));
t.teardown(() => rmSync(folder, { recursive: true }));

const first = selfSigned(folder, "first", "ec", ["a.test"]);
const second = selfSigned(folder, "second", "rsa", ["b.test"]);
const RECORD_HEAD = 5;
const POST_QUANTUM_SHARE = 1_216;

/** Cuts the message in a TLS record into records of `size` bytes. */
function inRecords(record: Buffer, size: number): Buffer {
  const records: Buffer[] = [];
  for (let at = RECORD_HEAD; at < record.length; at += size) {
    const part = record.subarray(at, at + size);
    records.push(Buffer.from([22, 3, 1, part.length >> 8, part.length & 255]), part);
  }
  return Buffer.concat(records);
}

interface Cut {
  /** How many bytes of the message go into a record. */
  readonly record: number;
  /** How many bytes go into a segment. */
  readonly segment: number;
}

/** A way to the balancer that cuts the ClientHello, which is the first thing that a TLS client writes. */
class Cutter extends Duplex {
  readonly #socket: Socket;
  readonly #cut: Cut;
  helloBytes = 0;

  constructor(port: number, cut: Cut) {
    super();
    this.#cut = cut;
    this.#socket = connectTcp({ port, host: "127.0.0.1", noDelay: true });
    this.#socket.on("data", (chunk) => this.push(chunk));
    this.#socket.on("end", () => this.push(null));
    this.#socket.on("error", (error) => this.destroy(error));
  }

  override _read(): void {}

  override _write(chunk: Buffer, _: string, done: () => void): void {
    if (this.helloBytes > 0) {
      this.#socket.write(chunk, () => done());
      return;
    }
    this.helloBytes = chunk.length;
    void this.#inSegments(inRecords(chunk, this.#cut.record)).then(done);
  }

  async #inSegments(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; at += this.#cut.segment) {
      this.#socket.write(bytes.subarray(at, at + this.#cut.segment));
      await new Promise(setImmediate);
    }
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}

const CUTS: readonly Cut[] = [
  { record: 16_384, segment: 16_384 },
  { record: 16_384, segment: 1 },
  { record: 100, segment: 16_384 },
  { record: 100, segment: 7 },
  { record: 20, segment: 64 },
];
const POST_QUANTUM: ConnectionOptions = { ecdhCurve: "X25519MLKEM768", minVersion: "TLSv1.3" };

/** Sends a request through `cut`. Returns the certificate's common name, the status, and the length of the hello. */
async function visit(port: number, cut: Cut, options: ConnectionOptions) {
  const way = new Cutter(port, cut);
  const socket = connect({ socket: way, rejectUnauthorized: false, ...options });
  await once(socket, "secureConnect");
  const shown = String(socket.getPeerCertificate().subject.CN);
  socket.write("GET / HTTP/1.1\r\nHost: x.test\r\nConnection: close\r\n\r\n");
  const [answer] = await once(socket, "data");
  socket.destroy();
  way.destroy();
  return { shown, status: String(answer).slice(9, 12), bytes: way.helloBytes };
}

for (const [words, certificates] of Object.entries({
  "one certificate": [second],
  "certificates by name": [first, second],
}))
  t.test(`hellos in pieces, records, with a post-quantum share: ${words}`, async (t) => {
    await using origin = await givenOrigin((_, response) => response.end("ok"));
    await using balancer = await givenBalancer([origin.port], {}, { tls: { certificates } });
    for (const cut of CUTS)
      for (const [kind, options] of Object.entries({
        "post-quantum": POST_QUANTUM,
        "1.2": { maxVersion: "TLSv1.2" } as const,
        "1.3": { ecdhCurve: "X25519" },
      })) {
        const seen = await visit(balancer.port, cut, { servername: "b.test", ...options });
        t.match(seen, { shown: "second", status: "200" }, `${kind} ${JSON.stringify(cut)}`);
        if (kind === "post-quantum") t.ok(seen.bytes > POST_QUANTUM_SHARE, `${seen.bytes} bytes`);
      }
    t.equal(balancer.plane.status().frontends[0]?.requestErrors, 0);
  });

/** Returns the record with the ClientHello, which is the first thing that a TLS client writes. */
function helloOf(options: ConnectionOptions): Promise<Buffer> {
  return new Promise((resolve) => {
    const socket = new Duplex({
      read: () => undefined,
      write: (chunk: Buffer, _, done) => {
        resolve(chunk);
        done();
      },
    });
    connect({ socket, ...options }).on("error", () => undefined);
  });
}

t.test("more records than are read: refused with an alert and counted, on every way", async (t) => {
  await using server = await givenOrigin((_, response) => response.end("ok"));
  const hello = await helloOf({ servername: "b.test", ...POST_QUANTUM });
  const certificates = [first, second];
  for (const [way, given] of Object.entries({
    "by name": () => givenBalancer([server.port], {}, { tls: { certificates } }),
    reject: () =>
      givenBalancer([server.port], {}, { tls: { certificates, unknownNames: "reject" } }),
    "passed through": () =>
      givenTcpBalancer(
        [server.port],
        {},
        {
          routes: [{ match: { sni: "a.test" }, backend: "web" }, { backend: "web" }],
        },
      ),
  })) {
    await using balancer = await given();
    const client = connectTcp({ port: balancer.port, host: "127.0.0.1", noDelay: true });
    client.on("error", () => undefined);
    const received: Buffer[] = [];
    client.on("data", (chunk: Buffer) => received.push(chunk));
    client.write(inRecords(hello, 2));
    await new Promise((resolve) => client.on("close", resolve));
    t.same(Buffer.concat(received), Buffer.from([21, 3, 3, 0, 2, 2, 50]), way);
    await until(() => balancer.plane.status().frontends[0]?.refused.malformed === 1);
  }
});

/** Makes a handshake. Returns the protocol that ALPN agreed on; false = none; or the code of the error. */
async function agreed(port: number, ALPNProtocols?: readonly string[]): Promise<unknown> {
  const offer = ALPNProtocols === undefined ? {} : { ALPNProtocols: [...ALPNProtocols] };
  const where = { port, host: "127.0.0.1", servername: "a.test", rejectUnauthorized: false };
  const socket = connect({ ...where, ...offer });
  try {
    await once(socket, "secureConnect");
    return socket.alpnProtocol;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  } finally {
    socket.destroy();
  }
}

const NO_PROTOCOL = "ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL";

t.test("ALPN: the first of ours that the client offers, or an alert", async (t) => {
  for (const [alpn, cases] of [
    [["http/1.1"], { "h2,http/1.1": "http/1.1", h2: NO_PROTOCOL, "http/1.0": NO_PROTOCOL }],
    [["h2", "http/1.1"], { "http/1.1,h2": "h2", "http/1.1": "http/1.1", h3: NO_PROTOCOL }],
    [["http/1.1", "h2"], { "h2,http/1.1": "http/1.1", h2: "h2" }],
    [["h2"], { "http/1.1": NO_PROTOCOL, "http/1.1,h2": "h2" }],
  ] as const) {
    const tls = { certificates: [first, second], alpn: [...alpn] };
    await using balancer = await givenBalancer([1], {}, { tls });
    for (const [offer, expected] of Object.entries(cases))
      t.equal(await agreed(balancer.port, offer.split(",")), expected, `${alpn}, offered ${offer}`);
    t.equal(await agreed(balancer.port), false, "a client without ALPN is let in");
    const wrong = Object.values(cases).filter((outcome) => outcome === NO_PROTOCOL).length;
    await until(() => balancer.plane.status().frontends[0]?.refused.protocol === wrong);
  }
});

t.test("mode tcp announces no protocol, because it speaks none", async (t) => {
  await using server = await givenTcpServer(({ socket }) => socket.write("hello"));
  await using balancer = await givenTcpBalancer(
    [server.port],
    {},
    { tls: { certificates: [first] } },
  );
  for (const offer of [["h2"], ["http/1.1", "h2"], ["own"]])
    t.equal(await agreed(balancer.port, offer), false, String(offer));
});
