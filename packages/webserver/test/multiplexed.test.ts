// Requests from a client through balancer and webserver to the application, over a test protocol
// that has many requests on a connection. Each hop has only one connection. The webserver answers
// requests for files itself and forwards all other requests.

import { openUpstream } from "@tandem/balancer/backend";
import {
  givenToyBalancer,
  givenToyClient,
  givenToyServer,
  TOY_CLIENTS,
  toyServers,
  until,
} from "@tandem/balancer/toy";
import { parseConfig } from "@tandem/config";
import { Fields } from "@tandem/http";
import { Deadlines, systemClock } from "@tandem/transport";
import t, { type Test } from "tap";
import { start } from "./support.ts";

async function upstreamTo(t: Test, port: number) {
  const upstream = { servers: { app: { address: `127.0.0.1:${port}` } }, check: false };
  const text = JSON.stringify({ site: "test", webserver: { upstream } });
  const backend = parseConfig(text, "test.yaml", {}).webserver?.upstream;
  if (backend === undefined) throw new Error("the configuration has no upstream");
  const { telemetry } = await start(t, {});
  const deadlines = new Deadlines(systemClock);
  t.teardown(() => deadlines.stop());
  const environment = { box: "box1", clock: systemClock, deadlines, logger: telemetry.logger };
  return openUpstream("app", backend, { ...environment, protocol: toyServers(100) });
}

const LOAD = "/.well-known/tandem/load";

t.test("interleaved requests through balancer and webserver", async (t) => {
  await using app = await givenToyServer();
  const root = t.testdir({ "app.css": "body{}" });
  const section = { locations: [{ path: "/assets/", root }] };
  const upstream = await upstreamTo(t, app.port);
  const { port, lines } = await start(t, section, upstream, [TOY_CLIENTS]);
  using balancer = await givenToyBalancer([port], 100);
  using client = await givenToyClient(balancer.port);
  // The webserver reports its load only to a client that asks directly, not through the balancer.
  using neighbour = await givenToyClient(port);
  const inFlight = async (): Promise<string | undefined> => {
    const load = neighbour.ask("GET", LOAD);
    await until("the load", () => load.state === "complete");
    const said = load.head?.fields.lines() ?? "";
    return /in_flight=(\d+)/.exec(said)?.[1];
  };

  const slow = client.ask("GET", "/slow");
  const post = client.ask("POST", "/post", "a body");
  const atSlow = await app.at("/slow");
  const atPost = await app.at("/post");
  t.equal(app.connections(), 1, "both on one connection");
  t.equal(await inFlight(), "2");
  const file = client.ask("GET", "/assets/app.css");
  await until("the file", () => file.state === "complete");
  t.match(file, { head: { status: 200 }, body: "body{}" });
  t.equal(slow.state, "open");
  await until("the body", () => atPost.body === "a body");
  atPost.exchange.answer(500, "Internal Server Error", new Fields(), Buffer.from("no"));
  await until("the second", () => post.state === "complete");
  t.equal(await inFlight(), "1");

  const reset = client.ask("GET", "/reset");
  const atReset = await app.at("/reset");
  client.reset(reset.stream);
  await until("the application is told", () => atReset.exchange.responseEnded);
  atSlow.exchange.answer(200, "OK", new Fields(), Buffer.from("at last"));
  await until("the first", () => slow.state === "complete");
  t.match([slow.body, post.body], ["at last", "no"]);
  t.equal(await inFlight(), "0");

  const said = [
    / web web\/<STATIC> .* 200 .* ---- .*"GET \/assets\/app\.css /,
    / web app\/app .* 500 .* ---- .*"POST \/post /,
    / web app\/app .* CH-- .*"GET \/reset /,
    / web app\/app .* 200 .* ---- .*"GET \/slow /,
  ];
  t.equal(lines.length, said.length, "one line each");
  for (const [index, pattern] of said.entries()) t.match(lines[index], pattern);
  t.equal(balancer.records.length, 4);
  t.equal(balancer.count("s1", "requests"), 4);
  t.equal(balancer.count("s1", "current"), 0);
  t.equal(balancer.inFlight(), 0);
  t.equal(balancer.count("s1", "connects"), 1, "one connection to the webserver");
});
