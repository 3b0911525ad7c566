// Many simultaneous requests on one connection of a client, over a protocol that allows this. Each request has its own
// server and its own line in the log, and is counted once.
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { connect } from "node:net";
import { parseConfig } from "@tandem/config";
import { TOY } from "@tandem/front/toy";
import type { AccessRecord } from "@tandem/telemetry";
import { systemClock, systemRng } from "@tandem/transport";
import t from "tap";
import { DataPlane } from "../src/data/data-plane.ts";
import { COUNTER } from "../src/memory/counters.ts";
import { allocateShared, memoryOf } from "../src/memory/shared-memory.ts";
import { Tally } from "../src/memory/tally.ts";
import { givenOrigin, until } from "./given.ts";

function configFor(port: number) {
  const routes = [{ match: { path: "/app/*" }, backend: "app" }];
  const server = { address: `127.0.0.1:${port}`, maxConnections: 2 };
  const section = {
    frontends: { web: { bind: "127.0.0.1:0", routes } },
    backends: { app: { servers: { a: server }, check: false } },
  };
  const text = JSON.stringify({ site: "test", balancer: section });
  const { balancer } = parseConfig(text, "test.yaml", {});
  if (balancer === undefined) throw new Error("no section");
  return balancer;
}

t.test("interleaved requests of one connection are logged and counted each", async (t) => {
  const held = new Map<string, ServerResponse>();
  await using origin = await givenOrigin((request, response) => {
    held.set(request.url ?? "", response);
  });
  const config = configFor(origin.port);
  const memory = allocateShared(config, 1, systemRng);
  const records: AccessRecord[] = [];
  const plane = new DataPlane({
    ...{ config, memory, thread: 0, box: "box1", clock: systemClock, rng: systemRng },
    ...{ sharePorts: false, ticketSecret: new Uint8Array(32), protocols: [TOY] },
    log: (record) => void records.push(record),
  });
  t.teardown(() => plane.stop());
  const { web = 0 } = await plane.listen();
  const socket = connect(web, "127.0.0.1");
  t.teardown(() => socket.destroy());
  socket.setEncoding("utf8");
  let text = "";
  socket.on("data", (chunk: string) => {
    text += chunk;
  });
  await once(socket, "connect");

  socket.write("1 GET /app/1\n2 GET /app/2\n3 GET /app/3\n4 GET /elsewhere\n");
  await until(() => held.size === 2 && text.startsWith("4 404 "));
  held.get("/app/2")?.end("second");
  await until(() => held.has("/app/3")); // request 3 waited until request 2 left the server
  held.get("/app/3")?.end("third");
  await until(() => text.includes("3 200 third"));
  held.get("/app/1")?.end("first");
  await until(() => text.includes("1 200 first"));
  socket.write("5 GET /app/5\n");
  await until(() => held.has("/app/5"));
  socket.destroy();
  await until(() => records.length === 5);

  t.match(records, [
    { target: "/elsewhere", status: 404, server: "<NOSRV>", termination: "PR--" },
    { target: "/app/2", status: 200, server: "a", termination: "----", backendQueue: 0 },
    { target: "/app/3", status: 200, server: "a", termination: "----", backendQueue: 1 },
    { target: "/app/1", status: 200, server: "a", termination: "----", backendQueue: 0 },
    { target: "/app/5", status: -1, server: "a", termination: "CH--", feconn: 1 },
  ]);
  const ids = records.map(({ requestId }) => requestId).filter((id) => id !== "");
  t.equal(new Set(ids).size, 4, "each forwarded request has its own id");
  const frontend = new Tally(memoryOf(memory.frontends, "web"), 0);
  await until(() => frontend.sum(COUNTER.current) === 0);
  const counted = [COUNTER.sessions, COUNTER.requests, COUNTER.responses2xx, COUNTER.responses4xx];
  t.strictSame(
    counted.map((column) => frontend.sum(column)),
    [1, 5, 3, 1],
  );
  const backend = new Tally(memoryOf(memory.backends, "app").counters, 0);
  t.equal(backend.sum(COUNTER.requests), 4);
  t.equal(backend.sum(COUNTER.clientAborts), 1);
});
