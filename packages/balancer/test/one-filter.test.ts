// Adding a filter takes one file and one row, as CONTRIBUTING.md says. This test adds a toy filter: it inserts the
// toy's row into the registry of filters while Node loads the registry, and changes nothing else. Then the
// configuration, the schema and the configuration reference have to know the toy, and bodies pass through the toy over
// real connections.
import { readFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { registerHooks } from "node:module";
import t, { type Test } from "tap";

const root = new URL("../../../", import.meta.url);
const REGISTRY = new URL("packages/filters/src/filters.ts", root).href;
const TOYS: Readonly<Record<string, URL>> = {
  shout: new URL("packages/filters/test/toy/shout.ts", root),
  stumble: new URL("packages/filters/test/toy/stumble.ts", root),
};
const read = (file: URL | string) => readFileSync(new URL(file, root), "utf8");

const [END = "", ROW = ""] = [...read("CONTRIBUTING.md").matchAll(/^ {3}```ts\n(.*?)^ {3}```$/gms)]
  .map(([, text = ""]) => text.replaceAll(/^ {3}/gm, ""))
  .filter((text) => text.includes("shout"));
const [IMPORT = "", LINE = ""] = ROW.split("\n\n");
/** The import of a second toy filter, whose transform fails. */
const STUMBLE = 'import { stumble } from "./stumble.ts";';

registerHooks({
  resolve: (specifier, context, next) => {
    const [, name] = /^\.\/(shout|stumble)\.ts$/.exec(specifier) ?? [];
    const toy = TOYS[name ?? ""];
    return context.parentURL === REGISTRY && toy !== undefined
      ? { url: toy.href, format: "module-typescript", shortCircuit: true }
      : next(specifier, context);
  },
  load(url, context, next) {
    const loaded = next(url, context);
    if (url !== REGISTRY) return loaded;
    const rows = "export const ROUTE_FILTERS = {\n";
    const source = String(loaded.source).replace(
      rows,
      `${STUMBLE}\n${IMPORT}\n${rows}stumble,\n${LINE}`,
    );
    return { ...loaded, source };
  },
});

const { configJsonSchema, configReference, parseConfig } = await import("@tandem/config");
const { createBalancer } = await import("../src/index.ts");
const { get, givenOrigin, givenRawOrigin, rawClient, roundTrip, until } = await import(
  "./given.ts"
);

const FILE = (route: string) => `site: www.foobar.com
balancer:
  frontends: { http: { bind: "*:8080", routes: [{ backend: web, ${route} }] } }
  backends: { web: { servers: { a: { address: "127.0.0.1:1" } } } }
`;
const loaded = (route: string) => parseConfig(FILE(route), "tandem.yaml", { env: {} });

t.test("the walk-through in CONTRIBUTING.md shows the toy's real code", async (t) => {
  t.ok(
    END.startsWith("export const shout") &&
      read("packages/filters/test/toy/shout.ts").endsWith(END),
  );
  t.match(read(REGISTRY), /^ {2}refuseEncoded,$/m, "rows look like the toy's");
});

t.test("configuration, schema and reference know the toy", async (t) => {
  const [route] = loaded("shout: true").balancer?.frontends.http?.routes ?? [];
  t.match(route, { shout: true, refuseEncoded: ["%00"] });
  t.throws(() => loaded("shout: loud"), /shout/);
  t.throws(() => loaded("shuot: true"), /did you mean 'shout'/);
  t.match(configReference(), /^\| `shout` \| .* text goes out in upper case/m);
  t.match(
    JSON.stringify(configJsonSchema()),
    /"shout":\{"default":false,"description":"text goes out in upper case/,
  );
});

/** Returns a balancer with filters before a server, and a list with a line for each request that ended. */
async function given(t: Test, port: number, filters: object) {
  const endings: string[] = [];
  const balancer = createBalancer({
    frontends: {
      front: {
        bind: "127.0.0.1:0",
        routes: [
          { match: { path: "/none" }, backend: "none", ...filters },
          { backend: "app", ...filters },
        ],
      },
    },
    backends: {
      app: { servers: { s1: { address: `127.0.0.1:${port}` } }, check: false },
      none: { servers: { s1: { address: "127.0.0.1:9" } }, check: false },
    },
  });
  balancer.on("exchange", ({ target, status, termination, cause, bytes }) => {
    endings.push(`${target} ${status} ${termination} ${cause}`);
    t.ok(bytes >= 0);
  });
  await balancer.start();
  t.teardown(() => balancer.close());
  return { port: balancer.port(), endings };
}

const answers: RequestListener = (request, response) => {
  response.setHeader("Content-Type", request.url === "/image" ? "image/x" : "text/plain");
  response.setHeader("ETag", '"1"');
  if (request.url === "/chunked") {
    response.setHeader("Trailer", "X-Sum");
    response.write("some ");
    response.addTrailers({ "X-Sum": "7" });
    response.end("words");
  } else if (request.url === "/304") {
    response.writeHead(304).end();
  } else if (request.url === "/no-transform") {
    response.setHeader("Cache-Control", "no-transform");
    response.end("words");
  } else if (request.url === "/long") {
    for (let i = 0; i < 64; i++) response.write("a".repeat(64 * 1024));
    response.end("end");
  } else response.setHeader("Content-Length", 5).end("words");
};

t.test("bodies pass through the toy and get the right framing", async (t) => {
  await using origin = await givenOrigin(answers);
  const { port, endings } = await given(t, origin.port, { shout: true });
  using client = await rawClient(port);
  const paths = [
    "GET /known",
    "GET /chunked",
    "HEAD /known",
    "GET /304",
    "GET /image",
    "GET /no-transform",
  ];
  client.send(paths.map((line) => `${line} HTTP/1.1\r\nHost: a\r\n\r\n`).join(""));
  const all = await client.received(/no-transform[\s\S]*words$/);
  const [, known = "", chunked = "", head = "", unchanged = "", image = ""] =
    all.split("HTTP/1.1 ");
  t.match(
    known,
    /^200 [\s\S]*ETag: W\/"1"\r\n[\s\S]*Transfer-Encoding: chunked\r\n\r\n5\r\nWORDS\r\n0\r\n\r\n$/,
  );
  t.notMatch(known, /Content-Length/);
  t.match(chunked, /\r\n\r\n[\s\S]*SOME [\s\S]*WORDS\r\n0\r\nX-Sum: 7\r\n\r\n$/);
  t.match(
    head,
    /Content-Length: 5\r\n[\s\S]*\r\n\r\n$/,
    "an answer that the toy does not change keeps its framing",
  );
  t.match(unchanged, /^304 [\s\S]*ETag: "1"[\s\S]*\r\n\r\n$/);
  t.match(image, /Content-Length: 5\r\n[\s\S]*words$/);
  const old = await roundTrip(port, "GET /known HTTP/1.0\r\n\r\n");
  t.match(
    old,
    /\r\nConnection: close\r\n\r\nWORDS$/,
    "an HTTP/1.0 client reads until the connection ends",
  );
  t.match(
    await get(port, "/none"),
    /^HTTP\/1\.1 502 [\s\S]*<h1>502/,
    "the balancer's own error page is not changed",
  );
  t.same(endings.map((line) => line.split(" ").slice(0, 3).join(" ")).slice(0, 7), [
    ...["/known 200 ----", "/chunked 200 ----", "/known 200 ----", "/304 304 ----"],
    ...["/image 200 ----", "/no-transform 200 ----", "/known 200 ----"],
  ]);
});

t.test("a slow client holds the server back and gets the whole answer", async (t) => {
  await using origin = await givenOrigin(answers);
  const { port } = await given(t, origin.port, { shout: true });
  using client = await rawClient(port);
  client.socket.pause();
  client.send("GET /long HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  await new Promise((resolve) => setTimeout(resolve, 300));
  client.socket.resume();
  const all = await client.closed();
  t.match(all.slice(-20), /END\r\n0\r\n\r\n$/);
  t.equal(all.match(/A/g)?.length, 64 * 64 * 1024);
});

t.test("a truncated answer is truncated after a transform too", async (t) => {
  await using origin = await givenRawOrigin((socket) => {
    socket.write("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\nhalf");
    setTimeout(() => socket.destroy(), 50);
  });
  const { port, endings } = await given(t, origin.port, { shout: true });
  const all = await get(port, "/x");
  t.match(all, /HALF\r\n$/);
  t.notMatch(all, /0\r\n\r\n$/, "the answer has no last chunk");
  await until(() => endings.length === 1);
  t.match(endings[0], /^\/x 200 SD-- s1: the server closed mid-answer/);
});

/**
 * For each path of the server: the part of the body that is sent at once, and the part that is sent
 * later. Without a second part, the body is complete at once.
 */
const BODIES: Readonly<Record<string, readonly [string, string?]>> = {
  "/at-once": ["BOOM"],
  "/later": ["some", "BOOM"],
  "/hang": ["HANG", ""],
  "/enough": ["ENOUGH", "more"],
  "/fine": ["fine", ""],
};

t.test("a transform that fails: 500 before the head is sent, truncation after it", async (t) => {
  await using origin = await givenRawOrigin((socket, head) => {
    const path = head.split(" ")[1] ?? "";
    const chunk = (words: string) => `${words.length.toString(16)}\r\n${words}\r\n`;
    const start = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    const [first = "", rest] = BODIES[path] ?? [];
    const last = "0\r\n\r\n";
    socket.write(`${start}${chunk(first)}${rest === undefined ? last : ""}`);
    if (rest === undefined) return;
    setTimeout(() => socket.write(`${rest === "" ? "" : chunk(rest)}${last}`), 50);
  });
  const { port, endings } = await given(t, origin.port, { stumble: true });
  t.match(await get(port, "/at-once"), /^HTTP\/1\.1 500 [\s\S]*proxy_internal_error/);
  t.match(await get(port, "/later"), /some\r\n$/);
  t.match(
    await get(port, "/hang"),
    /HANG\r\n$/,
    "the connection ends, so the client does not wait for ever",
  );
  using client = await rawClient(port);
  client.send("GET /enough HTTP/1.1\r\nHost: a\r\n\r\nGET /fine HTTP/1.1\r\nHost: a\r\n\r\n");
  const all = await client.received(/\(late\)[\s\S]*0\r\n\r\n$/);
  t.match(all, /chunked\r\n\r\n0\r\n\r\nHTTP\/1\.1 200 [\s\S]*fine\r\n6\r\n\(late\)\r\n0\r\n\r\n$/);
  t.same(endings, [
    "/at-once 500 IH-- stumble failed",
    "/later 200 ID-- stumble failed",
    "/hang 200 ID-- stumble failed",
    "/enough 200 ---- ",
    "/fine 200 ---- ",
  ]);
});

t.test("a transform that ends the body early lets go of a server that sends on", async (t) => {
  let closed = false;
  await using origin = await givenRawOrigin((socket) => {
    socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nENOUGH\r\n");
    const more = setInterval(() => socket.write("4\r\nmore\r\n"), 20);
    socket.on("error", () => undefined);
    socket.on("close", () => {
      clearInterval(more);
      closed = true;
    });
  });
  const { port, endings } = await given(t, origin.port, { stumble: true });
  t.match(await get(port, "/endless"), /chunked\r\n\r\n0\r\n\r\n$/);
  await until(() => closed && endings.length === 1);
  t.same(endings, ["/endless 200 ---- "]);
});
