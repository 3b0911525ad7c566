// Filter chains: in which order the filters are asked, and how a request goes on when its filter fails, is late or
// keeps the client waiting.
import type { Filter, FilterContext } from "@tandem/filters";
import { DEFAULT_LIMITS, Fields, parseRequestHead, RequestHead } from "@tandem/http";
import { CollectedAnswer, MemoryExchange } from "@tandem/http/exchange";
import type { Clock } from "@tandem/transport";
import t from "tap";
import type { EditResponse } from "../exchange/edit-response.ts";
import { FilterChain, type FilterOwner } from "./chain.ts";

const client = { address: "127.0.0.1", port: 1, trusted: false, trusts: () => false } as const;
const context: FilterContext = { frontend: "web", client: { ...client, scheme: "http" } };

function given() {
  const complaints: string[] = [];
  const timers = new Set<() => void>();
  const clock = {
    now: () => 0,
    wall: () => 0,
    after: (_: number, call: () => void) => {
      timers.add(call);
      return { cancel: () => timers.delete(call) };
    },
  } as unknown as Clock;
  const head = parseRequestHead("GET /a HTTP/1.1\r\nHost: a\r\n", DEFAULT_LIMITS);
  if (!(head instanceof RequestHead)) throw head;
  const sink = new CollectedAnswer();
  const exchange = new MemoryExchange({ head, sink, now: () => 0 });
  const words: string[] = [];
  const edits: (EditResponse | undefined)[] = [];
  const owner: FilterOwner = {
    ...context,
    answer: (_, status, fields, body) =>
      words.push(`answer ${status} ${fields.get("x-seen") ?? ""}:${body}`),
    refuse: (_, code, cause, edit) => {
      words.push(`${code}: ${cause}`);
      edits.push(edit);
    },
    aborted: (_, cause) => words.push(cause),
  };
  const environment = { clock, complain: (words: string) => complaints.push(words) };
  const run = (chain: FilterChain | undefined) => {
    const halt = chain?.pass(head, owner);
    if (halt === undefined) words.push("passed");
    else halt.settle(exchange, owner, (backend) => words.push(`on to ${backend}`));
  };
  return { complaints, timers, exchange, head, owner, environment, words, edits, run };
}

/** Makes a filter that lets the request pass, and adds the filter's name to the answer. */
const named = (name: string, more: Partial<Filter> = {}): Filter => ({
  name,
  response: ({ fields }) => fields.add("X-Seen", name),
  ...more,
});

const seenBy = (edit: EditResponse | undefined): string => {
  const fields = new Fields();
  edit?.(fields, 200, false);
  return fields.all("x-seen").join();
};

t.test("no filters, no chain; a filter that only lets pass edits no answer", async (t) => {
  const { environment, head, owner } = given();
  t.equal(FilterChain.of([], environment), undefined);
  const chain = FilterChain.of([{ name: "a", request: () => undefined }], environment);
  t.equal(chain?.pass(head, owner), undefined);
  t.equal(chain?.editing(head, owner), undefined, "the answer may be passed on as text");
});

t.test("filters see answers in reverse order, those of the frontend last", async (t) => {
  const { environment, head, owner } = given();
  const outer = FilterChain.of([named("1"), named("2")], environment);
  const chain = FilterChain.of([named("3"), named("4")], environment, outer);
  t.equal(seenBy(chain?.editing(head, owner)), "4,3,2,1");
  t.equal(seenBy(outer?.editing(head, owner)), "2,1");
});

t.test("the answer that a filter gives is seen by the filters before it", async (t) => {
  const { environment, run, words, edits } = given();
  const outer = FilterChain.of([named("1")], environment);
  const answering = named("3", { request: () => ({ answer: { status: 200, body: "own" } }) });
  run(FilterChain.of([named("2"), answering, named("4")], environment, outer));
  t.same(words, ["answer 200 2:own"]);
  const refusing = named("3", { request: () => ({ refuse: "no-route", cause: "not here" }) });
  run(FilterChain.of([named("2"), refusing, named("4")], environment, outer));
  t.equal(words[1], "no-route: not here");
  t.equal(seenBy(edits[0]), "2,1");
});

t.test(
  "after a promise the next filter is asked; the backend that was chosen last counts",
  async (t) => {
    const { environment, run, words } = given();
    const chosen = (backend: string): Partial<Filter> => ({ request: () => ({ backend }) });
    const later: Filter = { name: "later", request: async () => undefined };
    run(FilterChain.of([named("1", chosen("one")), later, later], environment));
    t.same(words, []);
    await new Promise(setImmediate);
    t.same(words, ["on to one"]);
    run(FilterChain.of([named("1", chosen("one")), later, named("2", chosen("two"))], environment));
    run(FilterChain.of([{ name: "x", request: async () => ({ backend: "three" }) }], environment));
    run(
      FilterChain.of(
        [later, named("2", { request: () => ({ answer: { status: 201 } }) })],
        environment,
      ),
    );
    await new Promise(setImmediate);
    t.same(words.slice(1).toSorted(), ["answer 201 :", "on to three", "on to two"]);
  },
);

t.test("a filter that fails ends its request with a 500, and the operator is told", async (t) => {
  const boom = () => {
    throw new Error("boom");
  };
  const failing: readonly [Filter["request"], RegExp][] = [
    [boom, /boom/],
    [async () => boom(), /boom/],
    [() => Promise.reject("text"), /text/],
    [() => ({ answer: { status: 99 } }), /from 200 to 599/],
    [async () => ({ answer: { status: 200, fields: { "Content-Length": "5" } } }), /to write/],
    [() => ({ answer: { status: 200, fields: { A: "b\r\nC: d" } } }), /no field line/],
    [(request) => void request.edit().set("Transfer-Encoding", "chunked"), /to write/],
    [(request) => void request.edit().remove("Host"), /host or host:port/],
    [() => ({}) as never, /verdict has no answer/],
    [() => 5 as never, /./],
  ];
  for (const [request, message] of failing) {
    const { environment, run, words, complaints, edits } = given();
    run(
      FilterChain.of([named("before"), named("toy", { ...(request && { request }) })], environment),
    );
    await new Promise(setImmediate);
    t.same(words, ["request-filter-failed: toy failed"], `${message}`);
    t.equal(complaints.length, 1);
    t.match(complaints[0], /^the filter toy failed: /);
    t.match(complaints[0], message);
    t.equal(seenBy(edits[0]), "before");
  }
});

t.test("a filter that never settles, or too late, ends its request once", async (t) => {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const slow: Filter = { name: "slow", request: () => promise, failed: () => undefined };
  const late = given();
  late.run(FilterChain.of([slow], late.environment));
  for (const timeUp of late.timers) timeUp();
  t.same(late.words, ["request-filter-failed: slow failed"]);
  t.same(late.complaints, [], "the filter itself is told, not the operator");
  const left = given();
  left.run(FilterChain.of([slow], left.environment));
  left.exchange.halfClose();
  left.exchange.abort("client-closed");
  t.same(left.words, ["client-closed"]);
  t.equal(left.timers.size, 0);
  resolve(undefined);
  await new Promise(setImmediate);
  t.same([late.words.length, left.words.length], [1, 1]);
});

t.test("a response filter that fails is not called for the error page", async (t) => {
  const { environment, head, owner, complaints } = given();
  let asked = 0;
  const bad: Filter = {
    name: "bad",
    response() {
      asked += 1;
      throw new Error("boom");
    },
  };
  const edit = FilterChain.of([named("1"), bad], environment)?.editing(head, owner);
  t.match(edit?.(new Fields(), 200, false), { fault: "bad failed" });
  t.equal(seenBy(edit), "1");
  t.same([asked, complaints.length], [1, 1]);
  const framing = named("x", { response: ({ fields }) => fields.set("Content-Length", "1") });
  const late = named("y", { response: async () => undefined });
  for (const filter of [framing, late]) {
    const faulty = FilterChain.of([filter], environment)?.editing(head, owner);
    t.match(faulty?.(new Fields(), 200, false), { fault: `${filter.name} failed` });
  }
});

t.test("a body that is not transformable is not transformed", async (t) => {
  const { environment, head, owner } = given();
  const make = () => ({ write: () => undefined, end: () => undefined });
  const changing = named("c", {
    response: (answer) => {
      if (answer.transformable) answer.transform(make);
    },
  });
  const edit = FilterChain.of([changing], environment)?.editing(head, owner);
  const fields = new Fields();
  fields.add("ETag", '"1"');
  fields.add("Content-MD5", "x");
  t.match(edit?.(fields, 200, true), { makes: [make], patienceMs: 10_000 });
  t.same([fields.get("etag"), fields.has("content-md5")], ['W/"1"', false]);
  t.equal(edit?.(new Fields(), 206, true), undefined, "a part");
  t.equal(edit?.(new Fields(), 200, false), undefined, "no body, or our own error page");
  fields.add("Cache-Control", "private, No-Transform");
  t.equal(edit?.(fields, 200, true), undefined);
  const forcing = named("f", { response: (answer) => answer.transform(make) });
  const forced = FilterChain.of([forcing], environment)?.editing(head, owner);
  t.match(forced?.(fields, 200, true), { fault: "f failed" });
});
