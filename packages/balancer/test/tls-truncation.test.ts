// Servers that end a TLS connection without TLS's own end (close_notify), as an attacker in between can make it look.
// RFC 9112 §9.8: an answer with a length or in chunks is judged by its framing alone.
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { duplexPair } from "node:stream";
import { TLSSocket } from "node:tls";
import t from "tap";
import { givenBalancer, rawClient } from "./given.ts";
import { givenCertificates } from "./given-certificates.ts";

/** How a server ends its connection: as TLS asks for it, by TCP alone, or by a reset. */
const ENDS: Readonly<Record<string, (tls: TLSSocket, below: Socket) => void>> = {
  "close-notify": (tls) => tls.end(),
  fin: (_, below) => below.end(),
  reset: (_, below) => below.resetAndDestroy(),
};

const LENGTH = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n";
const CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
const UNTIL_CLOSE = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";

/** The answers by path, and whether each is complete where the connection ends. */
const ANSWERS: readonly (readonly [path: string, answer: string])[] = [
  ["/length", `${LENGTH}0123456789`],
  ["/length-cut", `${LENGTH}01234`],
  ["/chunks", `${CHUNKED}5\r\nwhole\r\n0\r\n\r\n`],
  ["/chunks-cut", `${CHUNKED}5\r\nwhole\r\n`],
  ["/last-chunk-cut", `${CHUNKED}5\r\nwhole\r\n0\r\n`],
  ["/close", `${UNTIL_CLOSE}whole`],
];

/** Returns a TLS server that answers a request for `/PATH?END` and then ends the connection so. */
async function givenEndingServer(pair: { readonly cert: string; readonly key: string }) {
  const sockets = new Set<Socket>();
  const server = createServer((below) => {
    sockets.add(below);
    // The TLS socket has its own stream, so that the TCP connection can end without the bytes that end TLS.
    const [inner, outer] = duplexPair();
    below.on("error", () => undefined);
    below.on("data", (chunk) => outer.write(chunk));
    below.on("end", () => outer.end());
    outer.on("data", (chunk) => below.write(chunk));
    outer.on("end", () => below.end());
    const tls = new TLSSocket(inner, { isServer: true, ...pair });
    tls.on("error", () => undefined);
    tls.on("data", (chunk: Buffer) => {
      const [, path, end = ""] =
        /^GET (\/[a-z-]+)\??([a-z-]*) /.exec(chunk.toString("latin1")) ?? [];
      const answer = ANSWERS.find(([wanted]) => wanted === path)?.[1];
      if (answer === undefined) tls.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
      else tls.write(answer, () => setImmediate(() => ENDS[end]?.(tls, below)));
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

t.test("an answer is complete or cut by its framing, however TLS ended", async (t) => {
  await using certificates = await givenCertificates();
  await using server = await givenEndingServer(await certificates.server("s1"));
  await using balancer = await givenBalancer([server.port], { tls: certificates.internal });
  const complete = async (path: string): Promise<string> => {
    using client = await rawClient(balancer.port);
    client.socket.on("error", () => undefined);
    client.send(`GET ${path} HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n`);
    const answer = await client.closed().catch(String);
    if (/^HTTP\/1\.1 502/.test(answer)) return "502";
    const whole = /Content-Length: 10\r\n/i.test(answer)
      ? answer.endsWith("\r\n\r\n0123456789")
      : answer.endsWith("5\r\nwhole\r\n0\r\n\r\n");
    return whole ? "complete" : "cut";
  };
  for (const end of Object.keys(ENDS)) {
    t.equal(await complete(`/length?${end}`), "complete", `length, ${end}`);
    t.equal(await complete(`/chunks?${end}`), "complete", `chunks, ${end}`);
    for (const path of ["/length-cut", "/chunks-cut", "/last-chunk-cut"])
      t.not(await complete(`${path}?${end}`), "complete", `${path}, ${end}`);
  }
  t.equal(await complete("/close?close-notify"), "complete", "until close, with TLS's own end");
  t.not(await complete("/close?reset"), "complete", "until close, reset");
  // Node reports both ends of TLS as the same `end`. Once it tells them apart, this answer has to be cut.
  t.equal(await complete("/close?fin"), "complete", "until close, without TLS's own end");
});
