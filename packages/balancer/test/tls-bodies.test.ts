// Bodies of all sizes over TLS on both sides and in both directions, with slow and quick peers and with small requests
// on the same connections. No request and no answer may get bytes of another.
import { once } from "node:events";
import type { IncomingMessage, RequestListener } from "node:http";
import { Agent, request } from "node:https";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createServer as createTls } from "node:tls";
import t from "tap";
import { givenBalancer } from "./given.ts";
import { type Certificates, givenCertificates, givenTlsOrigin } from "./given-certificates.ts";

const KB = 1024;
const MB = 1024 * KB;
const SIZES = [1 * KB, 20, 180 * KB, 1_200_000, 20, 16 * KB + 1, 5 * MB, 1 * KB, 20 * MB, 20];

/** Reads a body to its end, with a pause after each chunk when `slow`. Returns its length. */
async function lengthOf(body: IncomingMessage, slow: boolean): Promise<number> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (slow) await sleep(1);
  }
  return bytes;
}

/**
 * Answers `GET /n` with n bytes. Answers any other request with the length of the request's body,
 * which is read slowly when the path is `/slow`.
 */
const serve: RequestListener = async (asked, response) => {
  if (asked.method === "GET") response.end(Buffer.alloc(Number(asked.url?.slice(1)), "x"));
  else response.end(String(await lengthOf(asked, asked.url === "/slow")));
};

interface Client {
  down(bytes: number, slow: boolean): Promise<string>;
  up(bytes: number, slow: boolean): Promise<string>;
}

/** Returns a client with one kept connection. Each call of `down` or `up` resolves to what was wrong; "" = nothing. */
function client(port: number, { authority }: Certificates): Client & Disposable {
  const agent = new Agent({ ca: authority, keepAlive: true, maxSockets: 1 });
  const where = { port, host: "127.0.0.1", servername: "www.foobar.com", agent };
  const ask = (method: string, path: string, body?: Buffer): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const outgoing = request({ ...where, method, path }, resolve).on("error", reject);
      outgoing.end(body);
    });
  return {
    async down(bytes, slow) {
      const answer = await ask("GET", `/${bytes}`);
      const came = await lengthOf(answer, slow);
      return came === bytes ? "" : `${answer.statusCode}, ${came} of ${bytes} bytes`;
    },
    async up(bytes, slow) {
      const answer = await ask("POST", slow ? "/slow" : "/quick", Buffer.alloc(bytes, "x"));
      let text = "";
      for await (const chunk of answer) text += chunk;
      return text === String(bytes) ? "" : `${answer.statusCode}, ${text} of ${bytes} bytes`;
    },
    [Symbol.dispose]: () => agent.destroy(),
  };
}

/**
 * Runs several clients at once. Each client transfers bodies of all sizes, in an order of its own.
 * Returns what was wrong; an empty list = nothing.
 */
async function visits(
  clients: readonly Client[],
  way: keyof Client,
  slow: (index: number) => boolean,
): Promise<readonly string[]> {
  const wrong: string[] = [];
  const visit = async (visitor: Client, index: number) => {
    for (let turn = 0; turn < SIZES.length; turn++) {
      const bytes = SIZES[(turn + 3 * index) % SIZES.length] ?? 0;
      const said = await visitor[way](bytes, slow(index)).catch(String);
      if (said !== "") wrong.push(`client ${index}, turn ${turn}: ${said}`);
    }
  };
  await Promise.all(clients.map(visit));
  return wrong;
}

t.test("1 KB to 20 MB over TLS on both sides, with small bodies in between", async (t) => {
  await using certificates = await givenCertificates();
  await using origin = await givenTlsOrigin(certificates, "s1", serve);
  await using balancer = await givenBalancer(
    [origin.port],
    { tls: certificates.internal, timeouts: { server: "10s" } },
    { tls: { certificates: [certificates.site] } },
  );
  using stack = new DisposableStack();
  const clients = Array.from({ length: 4 }, () => stack.use(client(balancer.port, certificates)));
  for (const [words, slow] of [
    ["quick", () => false],
    ["every other slow", (index: number) => index % 2 === 0],
  ] as const) {
    t.same(await visits(clients, "down", slow), [], `down, ${words}`);
    t.same(await visits(clients, "up", slow), [], `up, ${words}`);
  }
  const { connects = 0, reuses = 0 } = balancer.plane.status().backends[0]?.servers[0] ?? {};
  t.ok(reuses > connects, `${connects} connections, reused ${reuses} times`);
});

t.test("an answer of full records only, whose end is the end of the connection", async (t) => {
  await using certificates = await givenCertificates();
  const { cert, key } = await certificates.server("s1");
  const body = Buffer.alloc(61 * 16 * KB, "0123456789");
  const server = createTls({ cert, key }, (socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => {
      socket.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
      socket.end(body);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  const servers = { tls: certificates.internal, check: false } as const;
  await using balancer = await givenBalancer([port], servers);
  for (let times = 0; times < 20; times++) {
    const answer = await fetch(`http://127.0.0.1:${balancer.port}/`);
    t.ok(Buffer.from(await answer.arrayBuffer()).equals(body));
  }
});
