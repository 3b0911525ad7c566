// Tests metrics that are read from a snapshot, and opening and closing a tier's telemetry.
import { spawnSync } from "node:child_process";
import t from "tap";
import { realClock } from "../test/clock.ts";
import { createRegistry, defineSnapshotMetrics, type Snapshot } from "./metrics.ts";
import { openTelemetry } from "./telemetry.ts";

const tier = { tier: "webserver", box: "box2" } as const;
const sessions = {
  name: "haproxy_server_current_sessions",
  help: "Sessions now.",
  type: "gauge",
  labels: ["proxy", "server"],
} as const;
const requests = {
  name: "haproxy_frontend_http_requests_total",
  help: "Requests.",
  type: "counter",
  labels: ["proxy"],
} as const;

t.test("impossible values and missing rows are left out, and the scrape succeeds", async (t) => {
  const registry = createRegistry(tier);
  let snapshot: Snapshot = {
    [requests.name]: [
      [{ proxy: "a" }, -1],
      [{ proxy: "b" }, Number.NaN],
      [{ proxy: "c" }, 2 ** 53],
    ],
    [sessions.name]: [[{ proxy: "web", server: "box1" }, -2]],
  };
  defineSnapshotMetrics(registry, [requests, sessions], () => snapshot);
  const rows = async () =>
    (await registry.metrics()).split("\n").filter((line) => line.startsWith("haproxy_"));
  t.same(await rows(), [
    'haproxy_frontend_http_requests_total{proxy="c"} 9007199254740992',
    'haproxy_server_current_sessions{proxy="web",server="box1"} -2',
  ]);
  snapshot = { [requests.name]: [[{ proxy: "c" }, 1]] };
  t.same(await rows(), ['haproxy_frontend_http_requests_total{proxy="c"} 1']);
});

t.test("each scrape takes one snapshot of its own", async (t) => {
  const registry = createRegistry(tier);
  let taken = 0;
  defineSnapshotMetrics(registry, [requests, sessions], () => {
    taken++;
    return {
      [requests.name]: [[{ proxy: "web" }, taken]],
      [sessions.name]: [[{ proxy: "web", server: "box1" }, taken]],
    };
  });
  for (const scrape of [1, 2, 3]) {
    const text = await registry.metrics();
    t.equal(taken, scrape);
    t.match(text, `haproxy_frontend_http_requests_total{proxy="web"} ${scrape}\n`);
    t.match(text, `haproxy_server_current_sessions{proxy="web",server="box1"} ${scrape}\n`);
  }
});

t.test("a log directory that cannot be used is refused, naming the key", async (t) => {
  const directory = `${t.testdir({ file: "in the way" })}/file/logs`;
  const log = { level: "info", accessFormat: "http", directory } as const;
  t.throws(() => openTelemetry({ log }, tier, realClock), {
    message:
      /^telemetry\.log\.directory: cannot append to '.*webserver-box2\.log' \(ENOTDIR\); make/,
  });
});

t.test(
  "without a directory both logs go to stdout, and closing lets the process end",
  async (t) => {
    const from = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
    const script = `
    import { openTelemetry } from ${from("./index.ts")};
    import { realClock } from ${from("../test/clock.ts")};
    const log = { level: "warn", accessFormat: "http" };
    const telemetry = openTelemetry({ log }, { tier: "appserver", box: "box1" }, realClock);
    telemetry.logger.info("below the level");
    telemetry.logger.error({ error: new Error("boom") }, "failed");
    telemetry.accessLog.write("GET /");
    await telemetry.close();
    telemetry.logger.error("after close");`;
    const options = { env: {}, encoding: "utf8", timeout: 10_000 } as const;
    const child = spawnSync(process.execPath, ["--input-type=module", "-e", script], options);
    t.equal(child.status, 0, child.stderr);
    const [app, access, ...rest] = child.stdout.split("\n");
    t.match(JSON.parse(app ?? ""), {
      level: "error",
      tier: "appserver",
      error: { message: "boom" },
    });
    t.same([access, ...rest], ["GET /", ""]);
  },
);
