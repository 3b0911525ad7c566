// gRPC through the balancer, with @grpc/grpc-js as client and as server: all kinds of calls, over HTTP/2 on both hops. What
// the balancer itself answers is in grpc-errors.test.ts.
import { once } from "node:events";
import http2 from "node:http2";
import {
  type ClientDuplexStream,
  type ClientReadableStream,
  credentials,
  Metadata,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceError,
  type StatusObject,
  type sendUnaryData,
  status,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import t, { type Test } from "tap";
import { givenBalancer, givenOrigin, until } from "./given.ts";
import { givenCertificates } from "./given-certificates.ts";
import { ECHO, givenGrpcClient, givenGrpcServer } from "./given-grpc.ts";

type Unary = ServerUnaryCall<Buffer, Buffer>;
const same = (message: Buffer): Buffer => message;

/** What the server has seen. */
class Seen {
  calls = 0;
  cancelled = 0;
  deadlines: number[] = [];
}

/** The service. `wait` is answered when `release` is called, or never. */
function echo(seen = new Seen()): UntypedServiceImplementation {
  return {
    unary(call: Unary, done: sendUnaryData<Buffer>) {
      seen.calls += 1;
      seen.deadlines.push(Number(call.getDeadline()));
      call.on("cancelled", () => {
        seen.cancelled += 1;
      });
      const words = call.request.toString("latin1", 0, 20);
      if (words === "wait") return;
      if (words === "fail") {
        const metadata = new Metadata();
        metadata.set("reason-bin", Buffer.from([0, 255, 10]));
        done({ code: status.FAILED_PRECONDITION, details: "not § now %", metadata });
        return;
      }
      const head = new Metadata();
      for (const value of call.metadata.get("in-bin")) head.add("out-bin", value);
      call.sendMetadata(head);
      const trailers = new Metadata();
      trailers.set("after", "all");
      done(null, call.request, trailers);
    },
    collect(call: ServerReadableStream<Buffer, Buffer>, done: sendUnaryData<Buffer>) {
      let bytes = 0;
      call.on("data", (message: Buffer) => {
        bytes += message.length;
      });
      call.on("end", () => done(null, Buffer.from(String(bytes))));
    },
    repeat(call: ServerWritableStream<Buffer, Buffer>) {
      call.on("cancelled", () => {
        seen.cancelled += 1;
      });
      const [count = 0, size = 0] = call.request.toString().split(" ").map(Number);
      const message = Buffer.alloc(size, "m");
      const send = (from: number): void => {
        for (let i = from; i < count; i++) {
          seen.calls = i + 1;
          if (!call.write(message)) {
            call.once("drain", () => send(i + 1));
            return;
          }
        }
        call.end();
      };
      send(0);
    },
    chat(call: ServerDuplexStream<Buffer, Buffer>) {
      call.on("cancelled", () => {
        seen.cancelled += 1;
      });
      call.on("data", (message: Buffer) => call.write(message));
      call.on("end", () => call.end());
    },
  };
}

const chat = ({ client }: ReturnType<typeof givenGrpcClient>): ClientDuplexStream<Buffer, Buffer> =>
  client.makeBidiStreamRequest(ECHO.chat.path, same, same);

const repeat = (
  { client }: ReturnType<typeof givenGrpcClient>,
  count: number,
  size: number,
): ClientReadableStream<Buffer> =>
  client.makeServerStreamRequest(
    ...([ECHO.repeat.path, same, same, Buffer.from(`${count} ${size}`)] as const),
  );

/** Resolves to the messages that a call has received, and to the status that it has ended with. */
function finished(call: ClientReadableStream<Buffer> | ClientDuplexStream<Buffer, Buffer>) {
  const messages: Buffer[] = [];
  call.on("data", (message: Buffer) => messages.push(message));
  call.on("error", () => undefined);
  return new Promise<{ code: status; details: string; messages: Buffer[] }>((resolve) =>
    call.on("status", ({ code, details }: StatusObject) =>
      setImmediate(() => resolve({ code, details, messages })),
    ),
  );
}

const TO_GRPC = { proto: "h2", check: "tcp" } as const;
const certificates = await givenCertificates();
t.teardown(() => certificates[Symbol.asyncDispose]());

/** Sends a message on `call` and waits for its echo. */
async function echoed(call: ClientDuplexStream<Buffer, Buffer>): Promise<void> {
  const first = once(call, "data");
  call.write(Buffer.from("hello"));
  await first;
}

/** Runs all kinds of calls. */
async function allKinds(t: Test, given: ReturnType<typeof givenGrpcClient>): Promise<void> {
  const metadata = new Metadata();
  metadata.add("in-bin", Buffer.from([1, 0, 200]));
  const unary = await given.unary("hello", metadata);
  t.match(unary, { code: status.OK, message: Buffer.from("hello") });
  t.same(unary.head?.get("out-bin"), [Buffer.from([1, 0, 200])], "binary metadata");
  t.same(unary.trailers.get("after"), ["all"], "trailers");
  const empty = await given.unary("");
  t.match(empty, { code: status.OK, message: Buffer.alloc(0) });
  const big = await given.unary(Buffer.alloc(8_000_000, "b"));
  t.equal(big.message?.length, 8_000_000);

  const failed = await given.unary("fail");
  t.match(failed, { code: status.FAILED_PRECONDITION, details: "not § now %" });
  t.same(failed.trailers.get("reason-bin"), [Buffer.from([0, 255, 10])]);
  const unknown = await given.unary("x", undefined, undefined, "/test.Echo/Nothing");
  t.equal(unknown.code, status.UNIMPLEMENTED);

  const collected = await new Promise<string>((resolve, reject) => {
    const call = given.client.makeClientStreamRequest(
      ...([ECHO.collect.path, same, same] as const),
      (error: ServiceError | null, value?: Buffer) =>
        error === null ? resolve(String(value)) : reject(error),
    );
    for (let i = 0; i < 100; i++) call.write(Buffer.alloc(10_000));
    call.end();
  });
  t.equal(collected, "1000000");

  const repeated = await finished(repeat(given, 500, 2_000));
  t.equal(repeated.code, status.OK);
  t.equal(repeated.messages.length, 500);

  const call = chat(given);
  const said = finished(call);
  const heard: string[] = [];
  call.on("data", (message: Buffer) => heard.push(String(message)));
  for (const words of ["one", "two", "three"]) {
    call.write(Buffer.from(words));
    await until(() => heard.at(-1) === words);
  }
  call.end();
  t.match(await said, { code: status.OK });
}

t.test("all kinds of calls without TLS", async (t) => {
  await using server = await givenGrpcServer(echo());
  await using balancer = await givenBalancer([server.port], TO_GRPC, { proto: "h2" });
  using given = givenGrpcClient(balancer.port);
  await allKinds(t, given);
  const lines = await balancer.log(8);
  t.equal(lines.filter((line) => / web\/s1 .* 200 .* ---- /.test(line)).length, 8);
});

t.test("all kinds of calls over TLS, HTTP/2 by ALPN on both hops", async (t) => {
  await using server = await givenGrpcServer(echo(), await certificates.server("s1"));
  const tls = { ...certificates.internal, alpn: ["h2" as const, "http/1.1" as const] };
  await using balancer = await givenBalancer(
    [server.port],
    { tls, check: "tcp" },
    { tls: { certificates: [certificates.site], alpn: ["h2", "http/1.1"] } },
  );
  const secure = credentials.createSsl(Buffer.from(certificates.authority));
  using given = givenGrpcClient(balancer.port, secure, {
    "grpc.ssl_target_name_override": "www.foobar.com",
    "grpc.default_authority": "www.foobar.com",
  });
  await allKinds(t, given);
});

t.test("a deadline: it reaches the server, and the end of the call does", async (t) => {
  const seen = new Seen();
  await using server = await givenGrpcServer(echo(seen));
  await using balancer = await givenBalancer([server.port], TO_GRPC, { proto: "h2" });
  using given = givenGrpcClient(balancer.port);
  const late = await given.unary("wait", undefined, 1_500);
  t.equal(late.code, status.DEADLINE_EXCEEDED);
  await until(() => seen.cancelled === 1);
  const [deadline = 0] = seen.deadlines;
  t.ok(Math.abs(deadline - Date.now()) < 60_000, "the server knows the deadline");
  t.equal((await given.unary("next")).code, status.OK, "the connection goes on");
});

t.test("a client that cancels: the server is told, the log says who it was", async (t) => {
  const seen = new Seen();
  await using server = await givenGrpcServer(echo(seen));
  await using balancer = await givenBalancer([server.port], TO_GRPC, { proto: "h2" });
  using given = givenGrpcClient(balancer.port);
  const call = chat(given);
  const ended = finished(call);
  await echoed(call);
  call.cancel();
  t.match(await ended, { code: status.CANCELLED });
  await until(() => seen.cancelled === 1);
  t.match((await balancer.log(1))[0], / CD-- /);
});

t.test("a server that dies within an answer: UNAVAILABLE, behind what had come", async (t) => {
  await using server = await givenGrpcServer(echo());
  await using balancer = await givenBalancer([server.port], TO_GRPC, { proto: "h2" });
  using given = givenGrpcClient(balancer.port);
  const call = chat(given);
  const ended = finished(call);
  await echoed(call);
  server.kill();
  const { code, details, messages } = await ended;
  t.match({ code, details }, { code: status.UNAVAILABLE, details: /cut short/ });
  t.equal(messages.length, 1);
  t.match((await balancer.log(1))[0], / SD-- /);
  t.equal((await given.unary("again")).code, status.UNAVAILABLE, "no server is left");
});

t.test("calls of one connection are spread over the servers", async (t) => {
  const seen = [new Seen(), new Seen()] as const;
  await using one = await givenGrpcServer(echo(seen[0]));
  await using two = await givenGrpcServer(echo(seen[1]));
  await using balancer = await givenBalancer(
    [one.port, two.port],
    { ...TO_GRPC, balance: { algorithm: "round-robin" } },
    { proto: "h2" },
  );
  using given = givenGrpcClient(balancer.port);
  const answers = await Promise.all(Array.from({ length: 60 }, (_, i) => given.unary(String(i))));
  t.ok(
    answers.every(({ code }, i) => code === status.OK && String(answers[i]?.message) === String(i)),
  );
  t.same([seen[0].calls, seen[1].calls], [30, 30]);
});

t.test("a client that reads nothing: the server waits, others are served", async (t) => {
  const seen = new Seen();
  await using server = await givenGrpcServer(echo(seen));
  await using balancer = await givenBalancer([server.port], TO_GRPC, { proto: "h2" });
  // The client of grpc-js reads ahead whatever it is asked for, so this one is node:http2.
  const session = http2.connect(`http://127.0.0.1:${balancer.port}`);
  const stream = session.request({
    ...{ ":method": "POST", ":path": ECHO.repeat.path, te: "trailers" },
    "content-type": "application/grpc",
  });
  const [count, size] = [2_000, 32_000];
  const question = Buffer.from(`${count} ${size}`);
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(question.length, 1);
  stream.end(Buffer.concat([prefix, question]));
  stream.pause();
  let before = -1;
  await until(async () => {
    const stands = before === seen.calls && seen.calls > 0;
    before = seen.calls;
    if (!stands) await new Promise((resolve) => setTimeout(resolve, 500));
    return stands;
  });
  t.ok(seen.calls < 500, `${seen.calls} of ${count} messages have left the server`);
  using other = givenGrpcClient(balancer.port);
  t.equal((await other.unary("other")).code, status.OK);
  let received = 0;
  stream.on("data", (chunk: Buffer) => {
    received += chunk.length;
  });
  stream.resume();
  const [trailers] = await once(stream, "trailers");
  t.equal(trailers["grpc-status"], "0");
  await until(() => received === count * (size + 5));
  session.close();
});

t.test("a stream may be silent for longer than timeouts.client and timeouts.server", async (t) => {
  await using server = await givenGrpcServer(echo());
  const short = { client: "300ms", tunnel: "60s" };
  await using balancer = await givenBalancer(
    [server.port],
    { ...TO_GRPC, timeouts: { server: "300ms" } },
    { proto: "h2", timeouts: short },
  );
  using given = givenGrpcClient(balancer.port);
  const call = chat(given);
  const ended = finished(call);
  const heard: string[] = [];
  call.on("data", (message: Buffer) => heard.push(String(message)));
  call.write(Buffer.from("before"));
  await until(() => heard.length === 1);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  call.write(Buffer.from("after"));
  await until(() => heard.length === 2);
  call.end();
  t.equal((await ended).code, status.OK);
  const late = await given.unary("wait");
  t.equal(late.code, status.UNAVAILABLE, "an answer that does not begin in time is late");
  t.match(late.details, /^504 Gateway Timeout/);
});

t.test("a backend of HTTP/1.1: the call fails with a word that says what to do", async (t) => {
  await using origin = await givenOrigin((_, response) => response.end("fine"));
  await using balancer = await givenBalancer([origin.port], {}, { proto: "h2" });
  using given = givenGrpcClient(balancer.port);
  const { code, details } = await given.unary("hello");
  t.equal(code, status.UNAVAILABLE);
  t.match(details, /details="gRPC needs HTTP\/2, and the servers get HTTP\/1.1"/);
  t.match((await balancer.log(1))[0], / 502 .* PR-- .*set proto: h2/);
  t.equal(origin.requests.length, 0);
});
