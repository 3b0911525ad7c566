// What a client of gRPC is told when the balancer itself answers its call. The client is @grpc/grpc-js.
import { status } from "@grpc/grpc-js";
import t from "tap";
import { givenBalancer, givenOrigin, roundTrip } from "./given.ts";
import { givenGrpcClient } from "./given-grpc.ts";

const TO_GRPC = { proto: "h2", check: "tcp" } as const;

t.test(
  "a dead server, no route: the status of gRPC and who says so; the log has HTTP's",
  async (t) => {
    await using origin = await givenOrigin(() => undefined);
    await origin.kill();
    const frontend = { routes: [{ match: { path: "/test.Echo/*" }, backend: "web" }] };
    await using balancer = await givenBalancer([origin.port], TO_GRPC, {
      ...frontend,
      proto: "h2",
    });
    using given = givenGrpcClient(balancer.port);
    const dead = await given.unary("hello");
    t.equal(dead.code, status.UNAVAILABLE);
    t.match(
      dead.details,
      /^50[23] [\w ]+: \S+; error=(connection_refused|destination_unavailable)$/,
    );
    const nowhere = await given.unary("hello", undefined, undefined, "/other.Service/Call");
    t.equal(nowhere.code, status.UNIMPLEMENTED);
    t.match(nowhere.details, /^404 Not Found: \S+; error=destination_not_found$/);
    const lines = await balancer.log(2);
    t.match(lines[0], / 50[23] .* SC-- .*"POST \/test\.Echo\/Unary HTTP\/2\.0"/);
    t.match(lines[1], / 404 .* PR-- .*"POST \/other\.Service\/Call HTTP\/2\.0"/);
  },
);

t.test("over HTTP/1.1 gRPC is refused with 505, and other calls are not", async (t) => {
  await using origin = await givenOrigin((_, response) => response.end("fine"));
  await using balancer = await givenBalancer([origin.port]);
  const ask = (type: string) =>
    roundTrip(
      balancer.port,
      `POST /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: ${type}\r\nContent-Length: 0\r\n\r\n`,
    );
  const refused = await ask("application/grpc");
  t.match(refused, /^HTTP\/1\.1 505 [\s\S]*error=http_request_error; details="gRPC needs HTTP\/2"/);
  t.match(refused, /This is a call of gRPC, which needs HTTP\/2\./);
  t.match(await ask("application/grpc-web"), /^HTTP\/1\.1 200 /);
  t.equal(origin.requests.length, 1);
  t.match((await balancer.log(1))[0], / 505 .* PR-- .*gRPC over HTTP\/1\.1, it needs HTTP\/2/);
});
