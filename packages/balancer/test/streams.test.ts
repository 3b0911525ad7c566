// Many requests at once on one connection, both from the client and to a server, over a toy protocol. Each request has
// its own answer, its own end and its own line in the log, and is counted once.
import { Fields } from "@tandem/http";
import t from "tap";
import { givenToyBalancer, givenToyClient, givenToyServer, until } from "./toy/index.ts";

async function given(streams: number, settings?: Parameters<typeof givenToyBalancer>[2]) {
  const stack = new AsyncDisposableStack();
  const server = stack.use(await givenToyServer());
  const balancer = stack.use(await givenToyBalancer([server.port], streams, settings));
  const client = stack.use(await givenToyClient(balancer.port));
  return { server, balancer, client, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

const OK = () => new Fields();
const bytes = (text: string) => Buffer.from(text);

t.test("answers come in any order; one is reset and one is truncated", async (t) => {
  await using all = await given(100);
  const { server, balancer, client } = all;
  const a = client.ask("GET", "/a");
  const b = client.ask("GET", "/b");
  const c = client.ask("POST", "/c", "body of c");
  const cut = client.ask("GET", "/cut");
  const [atA, atB, atC, atCut] = [
    await server.at("/a"),
    await server.at("/b"),
    await server.at("/c"),
    await server.at("/cut"),
  ];
  t.equal(server.connections(), 1);
  t.equal(balancer.inFlight(), 4);
  t.equal(balancer.count("front", "current"), 1, "sessions");
  t.equal(balancer.count("web", "current"), 4, "requests");
  t.match(atC, { body: "body of c", socket: atA.socket });

  atB.exchange.respond(200, "OK", OK(), 100);
  atB.exchange.write(bytes("half of b"));
  atB.exchange.flush();
  atC.exchange.answer(201, "Created", OK(), bytes("made"));
  await until("c", () => c.state === "complete");
  t.match(c, { head: { status: 201 }, body: "made" });
  await until("half of b", () => b.body === "half of b");
  client.reset(b.stream);
  atCut.exchange.respond(200, "OK", OK(), -1);
  atCut.exchange.write(bytes("some"));
  atCut.exchange.flush();
  await until("some", () => cut.body === "some");
  atCut.exchange.truncate();
  await until("cut", () => cut.state === "truncated");
  t.equal(a.state, "open", "the other streams do not affect it");
  await until("the server gets the reset", () => atB.exchange.responseEnded);
  atA.exchange.answer(200, "OK", OK(), bytes("at last"));
  await until("a", () => a.state === "complete");
  t.equal(a.body, "at last");

  await until("four lines", () => balancer.records.length === 4);
  const said = balancer.records.map(({ target, status, termination, bytes: sent, method }) => {
    return { target, status, termination, method, sent };
  });
  t.match(said, [
    { target: "/c", status: 201, termination: "----", method: "POST" },
    { target: "/b", status: 200, termination: "CD--" },
    { target: "/cut", status: 200, termination: "SD--" },
    { target: "/a", status: 200, termination: "----" },
  ]);
  const total = said.reduce((sum, { sent }) => sum + sent, 0);
  t.equal(balancer.count("web", "bytesOut"), total);
  t.equal(balancer.count("front", "bytesOut"), total);
  t.equal(balancer.count("front", "bytesIn"), balancer.count("web", "bytesIn"));
  t.match(
    ["requests", "current", "clientAborts", "serverAborts", "connects", "reuses"].map((name) =>
      balancer.count("s1", name as "requests"),
    ),
    [4, 0, 1, 1, 1, 3],
  );
  t.equal(balancer.count("front", "requests"), 4);
  t.equal(balancer.count("web", "current"), 0);
  t.equal(balancer.inFlight(), 0);
  t.equal(balancer.count("s1", "idle"), 1, "the connection is kept");
  t.equal(server.connections(), 1);
});

t.test("a refused request is sent again on another connection, with its body", async (t) => {
  await using all = await given(100);
  const { server, balancer, client } = all;
  const kept = client.ask("GET", "/kept");
  const atKept = await server.at("/kept");
  const post = client.ask("POST", "/post", "twice");
  const first = await server.at("/post");
  await until("its body", () => first.body === "twice");
  first.session.refuse(first.exchange);
  const second = await server.at("/post");
  t.not(second.socket, first.socket);
  await until("the body has arrived again", () => second.body === "twice");
  second.exchange.answer(200, "OK", OK(), bytes("once"));
  atKept.exchange.answer(200, "OK", OK(), bytes("kept"));
  await until("both", () => post.state === "complete" && kept.state === "complete");
  t.match([post.body, kept.body], ["once", "kept"]);
  await until("two lines", () => balancer.records.length === 2);
  t.match(balancer.records[0], { target: "/post", retries: 1, status: 200, termination: "----" });
  t.equal(balancer.inFlight(), 0);
  t.equal(balancer.count("s1", "connects"), 2);
});

t.test("when a connection is full, a second one is opened", async (t) => {
  await using all = await given(2);
  const { server, balancer, client } = all;
  const paths = ["/1", "/2", "/3", "/4", "/5"];
  const answers = paths.map((path) => client.ask("GET", path));
  const asked = [];
  for (const path of paths) asked.push(await server.at(path));
  t.equal(server.connections(), 3, "the connections have two, two and one requests");
  t.equal(balancer.count("s1", "connects"), 3);
  const sixth = client.ask("GET", "/6");
  const atSixth = await server.at("/6");
  t.equal(server.connections(), 3, "the next request uses the free place");
  for (const { exchange } of [...asked, atSixth]) exchange.answer(200, "OK", OK(), bytes("x"));
  await until("all", () => [...answers, sixth].every(({ state }) => state === "complete"));
  t.equal(balancer.inFlight(), 0);
  t.equal(balancer.count("s1", "idle"), 3);
});

t.test("after goAway a connection gets no more requests and ends with its last", async (t) => {
  await using all = await given(100);
  const { server, balancer, client } = all;
  const one = client.ask("GET", "/one");
  const atOne = await server.at("/one");
  const two = client.ask("POST", "/two", "");
  await server.at("/two");
  atOne.session.goAway(atOne.exchange);
  const atTwo = await server.at("/two");
  t.not(atTwo.socket, atOne.socket, "the request after the last accepted one is tried again");
  const three = client.ask("GET", "/three");
  const atThree = await server.at("/three");
  t.equal(atThree.socket, atTwo.socket);
  for (const { exchange } of [atOne, atTwo, atThree]) {
    exchange.answer(200, "OK", OK(), bytes("ok"));
  }
  await until("all", () => [one, two, three].every(({ state }) => state === "complete"));
  await until("the first connection is closed", () => server.connections() === 1);
  t.match(balancer.records.map(({ retries }) => retries).toSorted(), [0, 0, 1]);
  t.equal(balancer.inFlight(), 0);
});

t.test("when a connection is lost, each of its requests fails once", async (t) => {
  await using all = await given(100);
  const { server, balancer, client } = all;
  const paths = ["/x", "/y", "/z"];
  const answers = paths.map((path) => client.ask("POST", path, "p"));
  const [first] = [await server.at("/x"), await server.at("/y"), await server.at("/z")];
  t.equal(balancer.inFlight(), 3);
  first.socket.resetAndDestroy();
  await until("all", () => answers.every(({ state }) => state === "complete"));
  t.match(
    answers.map(({ head }) => head?.status),
    [502, 502, 502],
  );
  t.match(
    balancer.records.map(({ target, termination }) => `${target} ${termination}`).toSorted(),
    paths.map((path) => `${path} SH--`),
  );
  t.equal(balancer.count("s1", "responseErrors"), 3);
  t.equal(balancer.count("s1", "requests"), 3);
  t.equal(balancer.inFlight(), 0);
  const next = client.ask("GET", "/next");
  (await server.at("/next")).exchange.answer(200, "OK", OK(), bytes("on"));
  await until("the next", () => next.state === "complete");
  t.equal(next.body, "on", "the next request uses a new connection");
});

t.test("when a client leaves, only its own requests end", async (t) => {
  await using all = await given(100);
  const { server, balancer, client } = all;
  using other = await givenToyClient(balancer.port);
  const paths = ["/l1", "/l2"];
  for (const path of paths) client.ask("GET", path);
  const stays = other.ask("GET", "/stays");
  const left = [await server.at("/l1"), await server.at("/l2")];
  const atStays = await server.at("/stays");
  t.equal(server.connections(), 1);
  client.socket.resetAndDestroy();
  await until("two lines", () => balancer.records.length === 2);
  await until("told", () => left.every(({ exchange }) => exchange.responseEnded));
  t.match(balancer.records, [{ termination: "CH--" }, { termination: "CH--" }]);
  t.equal(balancer.inFlight(), 1);
  atStays.exchange.answer(200, "OK", OK(), bytes("here"));
  await until("the other's", () => stays.state === "complete");
  t.equal(balancer.inFlight(), 0);
});

t.test("a login does not make a connection private that others use too", async (t) => {
  await using all = await given(100);
  const { server, balancer, client } = all;
  using other = await givenToyClient(balancer.port);
  const login = client.ask("GET", "/login");
  const atLogin = await server.at("/login");
  const fields = OK();
  fields.add("WWW-Authenticate", "NTLM");
  atLogin.exchange.answer(401, "Unauthorized", fields, bytes("who?"));
  await until("its answer", () => login.state === "complete");
  const stranger = other.ask("GET", "/stranger");
  const atStranger = await server.at("/stranger");
  t.equal(atStranger.socket, atLogin.socket);
  atStranger.exchange.answer(200, "OK", OK(), bytes("hello"));
  await until("the stranger's", () => stranger.state === "complete");
});
