// Our HTTP/2 against that of others: node:http2 (nghttp2) as client and as server, and nghttp, h2load and curl.
import { execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import http2 from "node:http2";
import net, { type AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import t from "tap";
import { ClientSide } from "../../src/h2/client-side.ts";
import { DEFAULT_H2_LIMITS } from "../../src/h2/limits.ts";
import { ServerSide } from "../../src/h2/server-side.ts";
import { DEFAULT_LIMITS, Fields, type ResponseHead } from "../../src/index.ts";
import { Output } from "../../src/session/output.ts";

const BIG = Buffer.alloc(1_000_000, "0123456789");

/** A server that answers with what it was sent, or with `BIG`, and with a trailer. */
function listen(socket: net.Socket): void {
  const out = new Output(socket);
  const flush = (): void => {
    side.connection.flush();
    out.flush();
  };
  const side = new ServerSide(
    out,
    {
      request(stream, head) {
        const body: Buffer[] = [];
        const answer = (): void => {
          const fields = new Fields();
          fields.add("X-Method", head.method);
          fields.add("X-Cookie", head.fields.get("cookie") ?? "");
          side.respond(stream, 200, fields, -1, false);
          stream.write(head.path === "/big" ? BIG : Buffer.concat(body));
          const trailers = new Fields();
          trailers.add("X-Sum", String(body.length));
          stream.end(trailers);
          flush();
        };
        stream.listener = {
          data(chunk) {
            body.push(Buffer.from(chunk));
            stream.used(chunk.length);
          },
          ended: answer,
          drained() {},
          aborted() {},
        };
        if (stream.remoteDone) answer();
      },
      refused: () => {},
      streamClosed: () => {},
      over: () => socket.end(),
    },
    DEFAULT_LIMITS,
    DEFAULT_H2_LIMITS,
    performance.now(),
  );
  flush();
  socket.on("error", () => {});
  socket.on("data", (chunk: Buffer) => {
    side.connection.receive(chunk, performance.now());
    flush();
  });
}

const server = net.createServer(listen).listen(0, "127.0.0.1");
await once(server, "listening");
t.teardown(() => server.close());
const { port } = server.address() as AddressInfo;

async function ask(
  session: http2.ClientHttp2Session,
  fields: http2.OutgoingHttpHeaders,
  body = "",
): Promise<{ head: http2.IncomingHttpHeaders; body: Buffer; trailers: http2.IncomingHttpHeaders }> {
  const stream = session.request(fields, { endStream: body === "" });
  if (body !== "") stream.end(body);
  let head: http2.IncomingHttpHeaders = {};
  let trailers: http2.IncomingHttpHeaders = {};
  const chunks: Buffer[] = [];
  stream.on("response", (got) => {
    head = got;
  });
  stream.on("trailers", (got) => {
    trailers = got;
  });
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  await once(stream, "close");
  return { head, body: Buffer.concat(chunks), trailers };
}

t.test("node:http2 asks our server", async (t) => {
  const session = http2.connect(`http://127.0.0.1:${port}`);
  const cookie = ["a=1", "b=2"];
  const first = await ask(session, { ":path": "/", ":method": "POST", cookie }, "hello");
  t.match(first.head, { ":status": 200, "x-method": "POST", "x-cookie": "a=1; b=2" });
  t.match(first.trailers, { "x-sum": "1" });
  t.equal(first.body.toString(), "hello");
  const many = Array.from({ length: 50 }, (_, i) =>
    ask(session, { ":path": `/${i}`, ":method": "PUT" }, "x".repeat(i * 2_000 + 1)),
  );
  for (const [i, { body }] of (await Promise.all(many)).entries()) {
    t.equal(body.length, i * 2_000 + 1);
  }
  const large = await Promise.all([1, 2, 3].map(() => ask(session, { ":path": "/big" })));
  for (const { body } of large) t.ok(body.equals(BIG));
  const upload = await ask(session, { ":path": "/", ":method": "POST" }, BIG.toString());
  t.ok(upload.body.equals(BIG));
  session.close();
  await once(session, "close");
});

t.test("our client asks node:http2", async (t) => {
  const peer = http2.createServer((request, response) => {
    response.writeHead(200, { "x-path": request.url });
    response.addTrailers({ "x-end": "yes" });
    if (request.url === "/big") response.end(BIG);
    else request.pipe(response);
  });
  peer.listen(0, "127.0.0.1");
  await once(peer, "listening");
  t.teardown(() => peer.close());
  const socket = net.connect((peer.address() as AddressInfo).port, "127.0.0.1");
  const out = new Output(socket);
  const side = new ClientSide(
    out,
    { goaway() {}, streamClosed() {}, over() {} },
    DEFAULT_LIMITS,
    DEFAULT_H2_LIMITS,
    performance.now(),
  );
  const flush = (): void => {
    side.connection.flush();
    out.flush();
  };
  socket.on("data", (chunk: Buffer) => {
    side.connection.receive(chunk, performance.now());
    flush();
  });

  const request = (method: string, path: string, body?: Buffer) =>
    new Promise<{ head: ResponseHead; body: Buffer; trailers: string }>((resolve, reject) => {
      const chunks: Buffer[] = [];
      let head: ResponseHead;
      const line = { method, path, scheme: "http", authority: "a" };
      const stream = side.request(line, new Fields(), body === undefined, {
        informed() {},
        responded(got) {
          head = got;
        },
        data(chunk) {
          chunks.push(Buffer.from(chunk));
          stream.used(chunk.length);
        },
        ended: (trailers) =>
          resolve({ head, body: Buffer.concat(chunks), trailers: trailers?.lines() ?? "" }),
        drained() {},
        aborted: (failure) => reject(new Error(failure.message)),
      });
      if (body !== undefined) {
        stream.write(body);
        stream.end();
      }
      flush();
    });

  const [small, echo, big] = await Promise.all([
    request("GET", "/small"),
    request("POST", "/echo", BIG),
    request("GET", "/big"),
  ]);
  t.match(small.head, { status: 200, version: 20 });
  t.equal(small.head.fields.get("x-path"), "/small");
  t.equal(small.trailers, "x-end: yes\r\n");
  t.ok(echo.body.equals(BIG), "a body both ways, with windows that fill");
  t.ok(big.body.equals(BIG));
  socket.destroy();
});

const run = promisify(execFile);

/** Returns the options of a test that needs a program. */
function needs(program: string): { readonly skip?: string } {
  const folders = (process.env.PATH ?? "").split(":");
  if (folders.some((folder) => existsSync(join(folder, program)))) return {};
  return { skip: `${program} is not installed (Debian: nghttp2-client, curl)` };
}

t.test("nghttp: priorities, a body, all frames", needs("nghttp"), async (t) => {
  const root = `http://127.0.0.1:${port}`;
  const { stdout } = await run("nghttp", ["-s", "-n", `${root}/`, `${root}/big`]);
  t.match(stdout, /200 976K \/big/);
  t.match(stdout, /200 +0 \//);
});

t.test("h2load: many streams on many connections", needs("h2load"), async (t) => {
  const root = `http://127.0.0.1:${port}/`;
  const { stdout } = await run("h2load", ["-n2000", "-c10", "-m20", root]);
  t.match(stdout, /2000 succeeded, 0 failed, 0 errored, 0 timeout/);
});

t.test("curl: prior knowledge", needs("curl"), async (t) => {
  const options = ["-s", "--http2-prior-knowledge", "-d", "hello", "-w", "%{http_version}"];
  const { stdout } = await run("curl", [...options, `http://127.0.0.1:${port}/`]);
  t.equal(stdout, "hello2");
});
