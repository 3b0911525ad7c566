// Checks the readers of what comes first on a connection: the PROXY header and the ClientHello. Both read what strangers
// send before anything else is known of them. What was written has to be read again. Of bytes that were changed, neither
// reader may throw, wait without end, or say something else when the bytes come in pieces.
import { isIP } from "node:net";
import { Duplex } from "node:stream";
import { type ConnectionOptions, connect } from "node:tls";
import fc from "fast-check";
import { V2_MAX_BYTES } from "../../src/proxy-protocol/header.ts";
import { readProxyHeader } from "../../src/proxy-protocol/read.ts";
import { proxyHeader } from "../../src/proxy-protocol/write.ts";
import { clientHelloOf } from "../../src/tls/client-hello.ts";

/** One more byte than a ClientHello of the largest record. Longer beginnings have to be decided. */
const HELLO_MAX_BYTES = 16_390;

const port = fc.nat(65_535);
const four = fc.record({ address: fc.ipV4(), port });
const ends = fc.record({ client: four, local: four });
const word = fc.stringMatching(/^[a-z0-9.-]{1,40}$/);

const headers = fc
  .record({
    version: fc.constantFrom("v1" as const, "v2" as const),
    ends,
    authority: fc.option(word, { nil: undefined }),
    alpn: fc.option(word, { nil: undefined }),
    checksum: fc.boolean(),
  })
  .map(({ version, ends, ...tlvs }) => ({
    ends,
    told: version === "v1" ? {} : { authority: tlvs.authority, alpn: tlvs.alpn },
    bytes: proxyHeader(version, ends, tlvs),
  }));

const sized = (bytes: Buffer, width: 1 | 2): Buffer =>
  Buffer.concat([width === 1 ? Buffer.from([bytes.length]) : twoBytes(bytes.length), bytes]);
const twoBytes = (number: number) => Buffer.from([number >> 8, number & 0xff]);

const hellos = fc
  .record({
    name: word,
    protocols: fc.array(word, { maxLength: 4 }),
    size: fc.integer({ min: 20 }),
  })
  .map(({ name, protocols, size }) => ({
    ...{ name, protocols },
    bytes: inRecords(helloWith(name, protocols), size),
  }));

/** A ClientHello as in RFC 8446, section 4.1.2, with the extensions of RFC 6066, section 3, and RFC 7301. */
function helloWith(name: string, protocols: readonly string[]): Buffer {
  const names = sized(Buffer.concat([Buffer.from([0]), sized(Buffer.from(name), 2)]), 2);
  const list = Buffer.concat(protocols.map((protocol) => sized(Buffer.from(protocol), 1)));
  const extension = (type: number, content: Buffer) =>
    Buffer.concat([twoBytes(type), sized(content, 2)]);
  const extensions = sized(
    Buffer.concat([
      extension(0, names),
      extension(43, Buffer.of(2, 3, 4)),
      extension(16, sized(list, 2)),
    ]),
    2,
  );
  const fixed = Buffer.concat([Buffer.of(3, 3), Buffer.alloc(32, 7)]);
  const rest = [
    sized(Buffer.alloc(32, 9), 1),
    sized(Buffer.of(0x13, 1), 2),
    sized(Buffer.of(0), 1),
  ];
  const body = Buffer.concat([fixed, ...rest, extensions]);
  return Buffer.concat([Buffer.of(1, 0), sized(body, 2)]);
}

function inRecords(message: Buffer, size: number): Buffer {
  const records: Buffer[] = [];
  for (let at = 0; at < message.length; at += size)
    records.push(Buffer.of(22, 3, 1), sized(message.subarray(at, at + size), 2));
  return Buffer.concat(records);
}

/** Resolves to the ClientHello that OpenSSL writes. */
function helloOfOpenssl(options: ConnectionOptions): Promise<Buffer> {
  return new Promise((resolve) => {
    const socket = new Duplex({
      read: () => undefined,
      write(chunk: Buffer, _encoding, done) {
        resolve(chunk);
        done();
      },
    });
    connect({ socket, ...options }).on("error", () => undefined);
  });
}

/** Bytes of `original` with a few places overwritten, left out or put in. */
function changed(original: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> {
  const change = fc.record({
    at: fc.nat(600),
    without: fc.nat(3),
    put: fc.oneof(fc.uint8Array({ maxLength: 3 }), fc.constant(Buffer.from("\r\n"))),
  });
  return fc.tuple(original, fc.array(change, { maxLength: 4 })).map(([bytes, changes]) =>
    changes.reduce((before, { at, without, put }) => {
      const place = at % (before.length + 1);
      return Buffer.concat([before.subarray(0, place), put, before.subarray(place + without)]);
    }, bytes),
  );
}

/** Returns what is wrong with how the bytes are read as a PROXY header; undefined = nothing. */
function headerFault(bytes: Buffer): string | undefined {
  const whole = readProxyHeader(bytes);
  if (whole === undefined && bytes.length >= V2_MAX_BYTES) return "waits for more than the limit";
  for (let length = 0; length <= bytes.length; length++) {
    const part = readProxyHeader(bytes.subarray(0, length));
    if (part === undefined) continue;
    if (typeof part !== typeof whole) return `says something else after ${length} bytes`;
    if (typeof part === "string") return undefined;
    if (part.length !== length) return `${length} bytes have a header of ${part.length}`;
    for (const end of [part.ends?.client, part.ends?.local])
      if (end && (isIP(end.address) === 0 || !(end.port >= 0 && end.port <= 65_535)))
        return `read an impossible address: ${end.address}:${end.port}`;
    return undefined;
  }
  return undefined;
}

/** Returns what is wrong with how the bytes are read as a ClientHello; undefined = nothing. */
function helloFault(bytes: Buffer): string | undefined {
  const whole = clientHelloOf(bytes);
  const long = Buffer.concat([bytes, Buffer.alloc(HELLO_MAX_BYTES)]);
  if (clientHelloOf(long) === undefined) return "waits for more than the limit";
  for (let length = 0; length <= bytes.length; length++) {
    const part = clientHelloOf(bytes.subarray(0, length));
    if (part !== undefined && JSON.stringify(part) !== JSON.stringify(whole))
      return `says something else after ${length} bytes`;
  }
  return undefined;
}

const faultless = (fault: (bytes: Buffer) => string | undefined) => (bytes: Buffer) => {
  const found = fault(bytes);
  if (found !== undefined) throw new Error(`${found}: ${bytes.toString("hex")}`);
};

/** Throws at the first input on which a reader fails, made small. `runs` inputs go to each of the four checks. */
export async function fuzzPrefaces(seed: number, runs: number): Promise<void> {
  const options = { seed, numRuns: runs };
  const real = await Promise.all([
    helloOfOpenssl({ servername: "www.foobar.com", ALPNProtocols: ["h2", "http/1.1"] }),
    helloOfOpenssl({ servername: "www.foobar.com", maxVersion: "TLSv1.2" }),
  ]);
  fc.assert(
    fc.property(headers, ({ bytes, ends, told }) => {
      const read = readProxyHeader(Buffer.concat([bytes, Buffer.from("\r\nx")]));
      if (read === undefined || typeof read === "string") throw new Error(`not read: ${read}`);
      const { authority, alpn } = read.tlvs;
      const seen = { ends: read.ends, told: { authority, alpn } };
      const want = { ends, told: { authority: undefined, alpn: undefined, ...told } };
      if (JSON.stringify(seen) !== JSON.stringify(want)) throw new Error(JSON.stringify(seen));
    }),
    options,
  );
  fc.assert(
    fc.property(hellos, ({ bytes, name, protocols }) => {
      const seen = clientHelloOf(bytes);
      if (JSON.stringify(seen) !== JSON.stringify({ serverName: name, protocols }))
        throw new Error(`read as ${JSON.stringify(seen)}`);
    }),
    options,
  );
  const written = headers.map(({ bytes }) => bytes);
  fc.assert(fc.property(changed(written), faultless(headerFault)), options);
  const some = fc.oneof(
    fc.constantFrom(...real),
    hellos.map(({ bytes }) => bytes),
  );
  fc.assert(fc.property(changed(some), faultless(helloFault)), options);
}
