// Tests sending to a Sumo Logic HTTP source. A local server plays the source: it checks what arrives, and sometimes
// fails.
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Counter, Registry } from "prom-client";
import t, { type Test } from "tap";
import { createLogger } from "../src/logger.ts";
import type { SumoLogicOptions } from "../src/options.ts";
import { openShipper } from "../src/sumologic/shipper.ts";
import { openTelemetry } from "../src/telemetry.ts";
import { realClock, until } from "./clock.ts";

const tier = { tier: "balancer", box: "box1" } as const;
const SECRET = "c2VjcmV0LXRva2Vu";

interface Upload {
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly at: number;
}

/**
 * Starts a server that plays Sumo Logic's source. It answers its nth request with the status `answer(n)` (0 = never
 * answers) and keeps the accepted requests.
 */
async function startSink(t: Test, answer: (n: number) => number, port = 0) {
  const uploads: Upload[] = [];
  const attempts: Upload[] = [];
  const listener: RequestListener = async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = gunzipSync(Buffer.concat(chunks)).toString();
    const upload = { headers: request.headers, text, at: performance.now() };
    const status = answer(attempts.push(upload) - 1);
    if (status === 200) uploads.push(upload);
    if (status !== 0)
      response.writeHead(status, status === 429 ? { "retry-after": "1" } : {}).end();
  };
  const server = createServer(listener).listen(port, "127.0.0.1");
  await once(server, "listening");
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  t.teardown(close);
  const { port: bound } = server.address() as AddressInfo;
  return {
    uploads,
    attempts,
    close,
    port: bound,
    url: `http://127.0.0.1:${bound}/receiver/${SECRET}`,
  };
}

const defaults = {
  category: "site",
  batch: 256 * 1024,
  interval: 20,
  buffer: 1 << 20,
  metricsInterval: 60_000,
};

function ship(t: Test, options: Partial<SumoLogicOptions>, requestTimeoutMs?: number) {
  const registry = new Registry();
  const dropped = new Counter({
    name: "tandem_telemetry_dropped_total",
    help: "x",
    labelNames: ["destination", "reason"],
    registers: [registry],
  });
  const log: string[] = [];
  const logger = createLogger("info", tier, realClock, { write: (line) => log.push(line) });
  const context = { tier, clock: realClock, registry, logger, dropped };
  const shipper = openShipper(
    { ...defaults, ...options },
    requestTimeoutMs === undefined ? context : { ...context, requestTimeoutMs },
  );
  t.teardown(() => shipper.close(0));
  const metric = async (line: string): Promise<number> =>
    Number(
      (await registry.metrics())
        .split("\n")
        .find((l) => l.startsWith(line))
        ?.split(" ")
        .at(-1) ?? 0,
    );
  const droppedFor = (reason: string) =>
    metric(`tandem_telemetry_dropped_total{destination="sumologic",reason="${reason}"}`);
  return { shipper, log, metric, droppedFor };
}
const textOf = (uploads: readonly Upload[], stream: string): string =>
  uploads
    .filter(({ headers }) => headers["x-sumo-category"] === `site/balancer/${stream}`)
    .map(({ text }) => text)
    .join("");

t.test(
  "after a 429 the shipper waits as long as Retry-After says, after a 500 it tries again; nothing is lost",
  async (t) => {
    const sink = await startSink(t, (n) => [429, 500][n] ?? 200);
    const { shipper, metric, log } = ship(t, { url: sink.url });
    shipper.app.write("one");
    await until("the line", () => sink.uploads.length > 0);
    const [first, second] = sink.attempts;
    t.ok((second?.at ?? 0) - (first?.at ?? 0) >= 990, "Retry-After: 1 was honoured");
    t.equal(sink.attempts.length, 3);
    t.equal(textOf(sink.uploads, "app"), "one\n");
    t.equal(await metric("tandem_telemetry_retries_total"), 2);
    t.equal(log.length, 1, "one warning for both failures");
    t.match(log[0], /"why":"HTTP 429"/);
  },
);

t.test("an upload without an answer times out and is sent again", async (t) => {
  const sink = await startSink(t, (n) => (n === 0 ? 0 : 200));
  const { shipper, log } = ship(t, { url: sink.url }, 100);
  shipper.app.write("one");
  await until("the line", () => sink.uploads.length === 1);
  t.equal(sink.attempts.length, 2);
  t.match(log[0], /no answer in 100 ms/);
});

t.test("a sink that fails and comes back gets the lines that were kept", async (t) => {
  const away = await startSink(t, () => 200);
  away.close();
  const { shipper, log } = ship(t, { url: away.url });
  shipper.app.write("while away");
  await until("the refusal", () => log.length > 0);
  t.match(log[0], /ECONNREFUSED/);
  const back = await startSink(t, () => 200, away.port);
  await until("the line", () => textOf(back.uploads, "app") === "while away\n");
});

t.test(
  "a refused batch is dropped, counted and reported once; the next batch is sent",
  async (t) => {
    const sink = await startSink(t, (n) => (n < 2 ? 400 : 200));
    const { shipper, log, droppedFor } = ship(t, { url: sink.url });
    for (const line of ["bad one", "bad two", "good"]) {
      const before = sink.attempts.length;
      shipper.app.write(line);
      await until(line, () => sink.attempts.length > before);
    }
    await until("the good line", () => textOf(sink.uploads, "app") === "good\n");
    t.equal(await droppedFor("rejected"), 2);
    t.equal(log.length, 1);
    t.match(log[0], /"why":"HTTP 400".*refused by the sink/);
  },
);

t.test("while the sink is dead, memory is bounded and every lost line is counted", async (t) => {
  const sink = await startSink(t, (n) => (n === 0 ? 503 : 0));
  const options = { url: sink.url, buffer: 64 * 1024, batch: 8 * 1024 };
  const { shipper, metric, droppedFor } = ship(t, options);
  const line = "x".repeat(999);
  for (let n = 0; n < 1000; n++) shipper.access.write(line);
  const queued = await metric("tandem_telemetry_queue_bytes");
  t.ok(queued <= 64 * 1024 && queued > 32 * 1024, `${queued} bytes queued`);
  shipper.access.write("y".repeat(10_000));
  t.equal(await droppedFor("too_large"), 1);
  await shipper.close(200); // without the limit this would wait for ever, because the server is dead
  const lost = (await droppedFor("queue_full")) + (await droppedFor("shutdown"));
  t.equal(lost, 1001, "lines evicted or left at the end, and the last metrics snapshot");
  shipper.access.write("late");
  t.ok((await droppedFor("shutdown")) > 0);
});

t.test(
  "a tier's logs and metrics arrive, gzipped and labelled, the last ones at close",
  async (t) => {
    const sink = await startSink(t, () => 200);
    const directory = t.testdir({ url: `${sink.url}\n` });
    const sumologic = { ...defaults, interval: 60_000, urlFile: join(directory, "url") };
    const log = {
      level: "info",
      directory: join(directory, "logs"),
      accessFormat: "http",
    } as const;
    // A clock whose timers fire 100 times later, so that the last uploads are not cut short on a busy machine.
    const patient = {
      ...realClock,
      after: (ms: number, run: () => void) => realClock.after(100 * ms, run),
    };
    const telemetry = openTelemetry({ log, sumologic }, tier, patient);
    telemetry.logger.debug("not at this level");
    telemetry.logger.info({ password: "hunter2", headers: { cookie: "a=b" } }, "started");
    telemetry.accessLog.write("GET /");
    t.equal(sink.attempts.length, 0, "nothing is sent before the interval");
    await telemetry.close();

    const entry = {
      level: "info",
      tier: "balancer",
      box: "box1",
      pid: process.pid,
      msg: "started",
    };
    t.match(JSON.parse(textOf(sink.uploads, "app")), {
      ...entry,
      password: "[redacted]",
      time: /Z$/,
    });
    t.equal(
      textOf(sink.uploads, "app"),
      readFileSync(join(directory, "logs/balancer-box1.log"), "utf8"),
    );
    t.notMatch(textOf(sink.uploads, "app"), /hunter2|a=b/);
    t.equal(textOf(sink.uploads, "access"), "GET /\n");
    t.equal(readFileSync(join(directory, "logs/balancer-box1.access.log"), "utf8"), "GET /\n");
    const metrics = textOf(sink.uploads, "metrics");
    t.match(
      metrics,
      /^tandem_build_info\{version="[\d.]+",node="[\d.]+",tier="balancer",box="box1"\} 1$/m,
    );
    t.match(metrics, /^process_cpu_seconds_total /m);
    const byCategory = new Map(sink.uploads.map((u) => [u.headers["x-sumo-category"], u.headers]));
    const common = { "content-encoding": "gzip", "x-sumo-host": "box1", "x-sumo-client": "tandem" };
    t.match(byCategory.get("site/balancer/access"), {
      ...common,
      "content-type": "text/plain",
      "x-sumo-name": "balancer-box1.access",
      "x-sumo-fields": "tier=balancer,box=box1",
    });
    t.match(byCategory.get("site/balancer/metrics"), {
      ...common,
      "content-type": "application/vnd.sumologic.prometheus",
      "x-sumo-dimensions": "tier=balancer,box=box1",
    });
  },
);

t.test("batches are cut by size; a new metrics snapshot replaces a waiting one", async (t) => {
  let status = 200;
  const sink = await startSink(t, () => status);
  const { shipper, droppedFor } = ship(t, { url: sink.url, batch: 1000, metricsInterval: 30 });
  for (let n = 0; n < 100; n++) shipper.app.write(`${n} ${"z".repeat(90)}`);
  await until("all lines", () => textOf(sink.uploads, "app").split("\n").length === 101);
  const sizes = sink.uploads.filter((u) => u.text.includes("zzz")).map((u) => u.text.length);
  t.ok(Math.max(...sizes) <= 1000, `sizes ${sizes}`);
  status = 503;
  await until("superseded snapshots", async () => (await droppedFor("superseded")) > 2);
});

t.test("a source URL that cannot be used is refused at once, and never shown", async (t) => {
  const directory = t.testdir();
  const urlFile = join(directory, "missing");
  t.throws(
    () => ship(t, { urlFile }),
    /telemetry\.sumologic\.urlFile: cannot read '.*missing' \(ENOENT\)/,
  );
  writeFileSync(urlFile, `not a url ${SECRET}`);
  for (const options of [{ urlFile }, { url: `ftp://host/${SECRET}` }]) {
    try {
      ship(t, options);
      t.fail("accepted");
    } catch (error) {
      t.match(error, { message: /telemetry\.sumologic\.url(File)?: expected/ });
      t.notMatch((error as Error).stack, SECRET);
    }
  }
  const url = `http://127.0.0.1:1/${SECRET}`;
  t.throws(() => ship(t, { url, category: "a\r\nb" }), /telemetry\.sumologic\.category/);
  t.match(ship(t, { url: `http://sink.example/${SECRET}` }).log, [/sink\.example.*use https/]);
  const { shipper, log } = ship(t, { url });
  shipper.app.write("x");
  await until("a warning", () => log.length > 0);
  t.match(log[0], /"host":"127\.0\.0\.1:1"/);
  t.notMatch(log.join(), SECRET);
});
