// Many simultaneous requests on one connection, over a test protocol that allows them. The access
// log, the counters and the load report must be right for each request.
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { openUpstream } from "@tandem/balancer/backend";
import { parseConfig } from "@tandem/config";
import { TOY } from "@tandem/front/toy";
import { Deadlines, systemClock } from "@tandem/transport";
import t, { type Test } from "tap";
import { start, until } from "./support.ts";

/** Starts an application that answers no request itself. `held` has the open responses by path. */
async function application(t: Test) {
  const held = new Map<string, ServerResponse>();
  const server = createServer((request, response) => void held.set(request.url ?? "", response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { port, held };
}

async function upstreamTo(t: Test, port: number) {
  const upstream = { servers: { app: { address: `127.0.0.1:${port}` } }, check: false };
  const text = JSON.stringify({ site: "test", webserver: { upstream } });
  const backend = parseConfig(text, "test.yaml", {}).webserver?.upstream;
  if (backend === undefined) throw new Error("the configuration has no upstream");
  const { telemetry } = await start(t, {});
  const deadlines = new Deadlines(systemClock);
  t.teardown(() => deadlines.stop());
  const environment = { box: "box1", clock: systemClock, deadlines, logger: telemetry.logger };
  return openUpstream("app", backend, environment);
}

async function client(t: Test, port: number) {
  const socket = connect(port, "127.0.0.1");
  const answers = new Map<string, string>();
  let text = "";
  socket.setEncoding("utf8");
  socket.on("data", (chunk: string) => {
    const lines = (text + chunk).split("\n");
    text = lines.pop() ?? "";
    for (const line of lines) {
      const space = line.indexOf(" ");
      answers.set(line.slice(0, space), line.slice(space + 1));
    }
  });
  t.teardown(() => socket.destroy());
  await once(socket, "connect");
  const ask = async (id: string, path: string): Promise<string> => {
    socket.write(`${id} GET ${path}\n`);
    await until(id, () => answers.has(id));
    return answers.get(id) ?? "";
  };
  return { socket, answers, ask };
}

const LOAD = "/.well-known/tandem/load";

t.test("interleaved requests of one connection are logged and counted each", async (t) => {
  const app = await application(t);
  const root = t.testdir({ "app.css": "body{}" });
  const section = { locations: [{ path: "/assets/", root }] };
  const upstream = await upstreamTo(t, app.port);
  const { port, lines, telemetry } = await start(t, section, upstream, [TOY]);
  const one = await client(t, port);

  one.socket.write("slow GET /slow\nlater GET /later\n");
  await until("both requests are at the application", () => app.held.size === 2);
  t.match(await one.ask("load1", LOAD), /^204 .*in_flight=2/);
  t.equal(await one.ask("file", "/assets/app.css"), "200 body{}");
  t.match(await one.ask("none", "/assets/none"), /^404 /);
  t.match(await one.ask("load2", LOAD), /in_flight=2,/, "the requests for files are over");
  t.strictSame(one.answers.has("slow"), false);

  app.held.get("/later")?.writeHead(500).end("down");
  await until("the second", () => one.answers.has("later"));
  t.match(await one.ask("load3", LOAD), /in_flight=1,/);
  app.held.get("/slow")?.end("at last");
  await until("the first", () => one.answers.has("slow"));
  t.strictSame([one.answers.get("slow"), one.answers.get("later")], ["200 at last", "500 down"]);
  t.match(await one.ask("load4", LOAD), /in_flight=0,/);

  const said = [
    / web web\/<STATIC> .* 200 .* ---- .*"GET \/assets\/app\.css HTTP\/1\.1" id=/,
    / web web\/<NOSRV> .* 404 .* "GET \/assets\/none HTTP\/1\.1" id=/,
    / web app\/app .* 500 .* ---- .*"GET \/later HTTP\/1\.1" id=/,
    / web app\/app .* 200 .* ---- .*"GET \/slow HTTP\/1\.1" id=/,
  ];
  t.equal(
    lines.length,
    said.length,
    "each request has one line, and requests for the load have none",
  );
  for (const [index, pattern] of said.entries()) t.match(lines[index], pattern);
  t.equal(new Set(lines.map((line) => / id=(\S+)/.exec(line)?.[1])).size, said.length);

  one.socket.write("lost GET /lost\n");
  await until("the request is at the application", () => app.held.has("/lost"));
  one.socket.destroy();
  await until("the end of the request is logged", () => lines.length === said.length + 1);
  t.match(lines.at(-1), / -1 \d+ - - CH-- .*"GET \/lost HTTP/);
  const other = await client(t, port);
  t.match(await other.ask("load", LOAD), /in_flight=0,/);

  const metrics = await telemetry.registry.metrics();
  t.match(metrics, /haproxy_frontend_sessions_total\{proxy="web"\} 2\n/);
  t.match(metrics, /haproxy_frontend_current_sessions\{proxy="web"\} 1\n/);
  t.match(metrics, /haproxy_frontend_http_requests_total\{proxy="web"\} 10\n/);
  t.match(metrics, /haproxy_frontend_http_responses_total\{proxy="web",code="5xx"\} 1\n/);
});
