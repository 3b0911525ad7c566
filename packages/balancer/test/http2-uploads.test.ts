// Uploads of many HTTP/2 clients at once arrive byte for byte, whatever protocol the server speaks, and however little
// it takes at a time. Each upload has bytes of its own, so bytes of another one are noticed.
import { createHash } from "node:crypto";
import type http2 from "node:http2";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { seeded } from "@tandem/algorithms/contract";
import t from "tap";
import { givenBalancer, givenOrigin } from "./given.ts";
import { givenCertificates, givenTlsOrigin } from "./given-certificates.ts";
import { givenH2Origin, openH2 } from "./given-h2.ts";

const KB = 1024;
const SIZES = [256 * KB, 20, 300_000, 17 * KB, 1024 * KB, 70 * KB] as const;
const CONNECTIONS = 9;
const AT_ONCE = 6;
const ROUNDS = 5;

/** Returns the body of an upload. Every four bytes hold the number of the upload and their own place. */
function bodyOf(number: number): Buffer {
  const length = SIZES[number % SIZES.length] ?? 0;
  const body = Buffer.alloc(Math.ceil(length / 4) * 4);
  for (let at = 0; at < body.length; at += 4) body.writeUInt32LE(number * 0x20_000 + at / 4, at);
  return body.subarray(0, length);
}

/** Returns the hash of a body that a server receives. Every third one is read with pauses. */
async function hashOf(body: Readable, path = ""): Promise<string> {
  const hash = createHash("sha256");
  const slow = Number(path.slice(1)) % 3 === 0;
  for await (const chunk of body) {
    hash.update(chunk);
    if (slow) await sleep(1);
  }
  return hash.digest("hex");
}

/** Yields the body in pieces of 1 to 20,000 bytes. */
function* pieces(body: Buffer, number: number): Iterable<Buffer> {
  const dice = seeded(number);
  for (let at = 0; at < body.length; ) {
    const bytes = 1 + Math.floor(dice() * 20_000);
    yield body.subarray(at, at + bytes);
    at += bytes;
  }
}

/** Sends upload `number`. Resolves to what was wrong; undefined = nothing. */
async function upload(session: http2.ClientHttp2Session, number: number) {
  const body = bodyOf(number);
  const stream = session.request({ ":method": "POST", ":path": `/${number}` });
  const sent = pipeline(Readable.from(pieces(body, number)), stream);
  let text = "";
  for await (const chunk of stream) text += chunk;
  await sent;
  const right = createHash("sha256").update(body).digest("hex");
  return text === right ? undefined : `upload ${number} of ${body.length} bytes: ${text}`;
}

/** Makes uploads through the balancer at `port`. Resolves to what was wrong with each. */
async function uploads(port: number): Promise<readonly string[]> {
  const faults: string[] = [];
  const connection = async (first: number): Promise<void> => {
    for (let round = 0; round < ROUNDS; round++) {
      const session = openH2(port);
      const numbers = Array.from({ length: AT_ONCE }, (_, i) => first + round * AT_ONCE + i);
      const found = await Promise.all(numbers.map((number) => upload(session, number)));
      faults.push(...found.filter((fault) => fault !== undefined));
      session.close();
    }
  };
  const each = ROUNDS * AT_ONCE;
  await Promise.all(Array.from({ length: CONNECTIONS }, (_, i) => connection(i * each)));
  return faults;
}

t.test("to a server of HTTP/2 whose windows are small", async (t) => {
  await using origin = await givenH2Origin(
    (stream, headers) => {
      stream.respond({ ":status": 200 });
      hashOf(stream, headers[":path"]).then((hash) => stream.end(hash), t.threw);
    },
    { initialWindowSize: 65_535 }, // the least of the body that is on its way: the rest has to wait
  );
  const servers = { proto: "h2", check: false, timeouts: { server: "60s" } } as const;
  await using balancer = await givenBalancer([origin.port], servers, { proto: "h2" });
  t.same(await uploads(balancer.port), []);
});

t.test("to a server of HTTP/1.1 over TLS", async (t) => {
  const certificates = await givenCertificates();
  t.teardown(() => certificates[Symbol.asyncDispose]());
  await using origin = await givenTlsOrigin(certificates, "s1", (request, response) => {
    hashOf(request, request.url).then((hash) => response.end(hash), t.threw);
  });
  const servers = { tls: certificates.internal, timeouts: { server: "60s" } } as const;
  await using balancer = await givenBalancer([origin.port], servers, { proto: "h2" });
  t.same(await uploads(balancer.port), []);
});

t.test("to a server of HTTP/1.1", async (t) => {
  await using origin = await givenOrigin((request, response) => {
    hashOf(request, request.url).then((hash) => response.end(hash), t.threw);
  });
  await using balancer = await givenBalancer([origin.port], {}, { proto: "h2" });
  t.same(await uploads(balancer.port), []);
});
