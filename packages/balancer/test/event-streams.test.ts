// Server-sent events: an answer that is a stream of events may be silent for longer than other answers.
import type { ServerResponse } from "node:http";
import t from "tap";
import { givenBalancer, givenOrigin, rawClient, until } from "./given.ts";

t.test("a silent event stream stays open, another silent answer is cut off", async (t) => {
  const streams: ServerResponse[] = [];
  await using origin = await givenOrigin((request, response) => {
    const events = request.url !== "/plain";
    response.writeHead(200, {
      "Content-Type": events ? "Text/Event-Stream; charset=utf-8" : "text/plain",
    });
    response.write("data: first\n\n");
    if (events) streams.push(response);
  });
  const timeouts = { server: "300ms", eventStream: "1m" };
  await using balancer = await givenBalancer([origin.port], { timeouts });
  const requests = [
    "GET /events HTTP/1.1\r\nHost: x\r\n\r\n",
    // A POST that is answered with events, as in the Model Context Protocol.
    "POST /events HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}",
  ];
  using subscriber = await rawClient(balancer.port);
  using caller = await rawClient(balancer.port);
  for (const [index, client] of [subscriber, caller].entries()) {
    client.send(requests[index] ?? "");
    await client.received(/first/);
  }
  // This answer is requested after the event streams, and is cut off while they are still open.
  using plain = await rawClient(balancer.port);
  plain.send("GET /plain HTTP/1.1\r\nHost: x\r\n\r\n");
  t.notMatch(await plain.closed(), /0\r\n\r\n$/, "the answer has no last chunk");
  for (const stream of streams) stream.end("data: second\n\n");
  for (const client of [subscriber, caller]) t.match(await client.received(/second/), /200 OK/);
});

t.test("an event stream that is silent for too long is cut off", async (t) => {
  await using origin = await givenOrigin((_, response) => {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.write("data: first\n\n");
  });
  const timeouts = { server: "1m", eventStream: "200ms" };
  await using balancer = await givenBalancer([origin.port], { timeouts });
  using client = await rawClient(balancer.port);
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  t.notMatch(await client.closed(), /0\r\n\r\n$/);
  const [line] = await balancer.log(1);
  t.match(line, / sD/);
});

t.test(
  "a client that half-closes, as a browser does that leaves, ends its event stream",
  async (t) => {
    const open = new Set<ServerResponse>();
    let answerLater = (): void => undefined;
    await using origin = await givenOrigin((request, response) => {
      open.add(response);
      response.on("close", () => open.delete(response));
      const begin = (): void => {
        response.writeHead(200, { "Content-Type": "text/event-stream" });
        response.write("data: first\n\n");
      };
      if (request.url === "/now") begin();
      else answerLater = begin;
    });
    await using balancer = await givenBalancer([origin.port]);
    const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;

    using reader = await rawClient(balancer.port);
    reader.send(get("/now"));
    await reader.received(/first/);
    reader.socket.end();
    t.notMatch(await reader.closed(), /0\r\n\r\n$/, "the stream looks cut off");
    await until(() => open.size === 0);

    using early = await rawClient(balancer.port);
    early.send(get("/later"));
    await until(() => open.size === 1);
    early.socket.end();
    answerLater();
    t.notMatch(await early.closed(), /0\r\n\r\n$/);

    const lines = await balancer.log(2);
    for (const line of lines) t.match(line, / CD-- /);
    await until(() => open.size === 0);
  },
);
