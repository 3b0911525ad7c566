// A case can end the proxy that it runs through. The other cases are then run through a new process.
import t from "tap";
import type { Peer } from "../peers/peer.ts";
import type { Case } from "./case.ts";
import { get } from "./cases/wording.ts";
import { runPeer } from "./run.ts";
import { statusOf } from "./wire/message.ts";

/** Answers "hello". A request with the field `x-fatal` makes it refuse connections, and end half a second later. */
const PROGRAM = `
const server = require("node:http").createServer((request, response) => {
  response.end("hello");
  if (request.headers["x-fatal"] === undefined) return;
  server.close();
  setTimeout(() => process.exit(1), 500);
}).listen(Number(process.argv[1]), "127.0.0.1");
`;

const mortal: Peer = {
  name: "mortal",
  missing: () => undefined,
  version: () => "1",
  kind: "proxy",
  abilities: {},
  runtime: "node",
  command: ({ port }) => ({ command: [process.execPath, "-e", PROGRAM, String(port)] }),
};

const answered = (id: string, ...lines: readonly string[]): Case => ({
  id,
  title: id,
  source: "—",
  rule: "200",
  send: [get(...lines)],
  answers: 1,
  checks: [
    ({ responses }) =>
      responses[0] !== undefined && statusOf(responses[0]) === 200 ? undefined : "no 200",
  ],
});

t.test("a process that refuses connections and has not yet ended is replaced", async (t) => {
  const cases = [
    answered("one"),
    answered("fatal", "x-fatal: 1"),
    answered("two"),
    answered("three"),
  ];
  const results = await runPeer(mortal, cases, () => undefined, 1);
  t.same([...results.keys()], ["one", "fatal", "two", "three"], "every case was run");
  for (const [id, { mark }] of results) t.equal(mark, "same", id);
});

t.test("a case that ends the process says so, and the next case gets a new process", async (t) => {
  const fatal = { ...answered("fatal", "x-fatal: 1"), answers: 2, checks: [] };
  const results = await runPeer(mortal, [fatal, answered("after")], () => undefined, 1);
  t.equal(results.get("fatal")?.word, "process ended");
  t.equal(results.get("after")?.mark, "same");
});
