// Tests the whole site www.foobar.com: real TLS, real processes, both boxes on this machine. Some of the processes are
// killed while GETs are sent.
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { request } from "node:https";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { EXAMPLE_PORTS, Stack, until } from "./stack.ts";

function listens(onPort: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(onPort, "127.0.0.1");
    socket.on("connect", () => resolve(true)).on("error", () => resolve(false));
    socket.on("connect", () => socket.destroy());
  });
}

/**
 * Sends GETs from four clients until `end()` is called. `end()` resolves to the number of answers, and to the failures
 * with their times (ms since the start).
 */
function load(stack: Stack): {
  readonly startedAt: number;
  answered(): number;
  end(): Promise<{ answered: number; failed: readonly [number, string][] }>;
} {
  const agent = stack.agent(true);
  const startedAt = Date.now();
  const failed: [number, string][] = [];
  let answered = 0;
  let ending = false;
  const client = async (index: number) => {
    while (!ending) {
      const path = index % 2 === 0 ? "/" : "/assets/site.css";
      try {
        const { status, headers } = await stack.ask(path, agent);
        if (status === 200) answered += 1;
        else failed.push([Date.now() - startedAt, `${status} ${headers["proxy-status"] ?? ""}`]);
      } catch (error) {
        failed.push([Date.now() - startedAt, String(error)]);
      }
    }
  };
  const clients = [0, 1, 2, 3].map(client);
  return {
    startedAt,
    answered: () => answered,
    async end() {
      ending = true;
      await Promise.all(clients);
      agent.destroy();
      return { answered, failed };
    },
  };
}

/**
 * How many milliseconds after a kill the health checks (three failures, 750 ms apart) have noticed
 * the kill. At the moment of the kill, at most one request per client may fail. After this time no
 * request may fail.
 */
const NOTICED_MS = 4_000;

t.test("www.foobar.com, whole", { timeout: 230_000 }, async (t) => {
  const stack = await Stack.start(t.testdir({}));
  t.teardown(() => stack.process.kill("SIGKILL"));

  await t.test("the page comes from both boxes in turn", async (t) => {
    const agent = stack.agent(false);
    const boxes: string[] = [];
    for (let i = 0; i < 6; i++) {
      const { status, headers, body } = await stack.ask("/", agent);
      t.equal(status, 200);
      t.match(body, /class="card/, "posts from the database");
      boxes.push(String(headers["x-served-by"]).slice(0, 4));
    }
    t.match(boxes.join(), /^(box1,box2,?){3}$|^(box2,box1,?){3}$/);
  });

  await t.test("assets are named by their content and kept for ever", async (t) => {
    const agent = stack.agent(false);
    const { body } = await stack.ask("/", agent);
    const [, path = ""] = /href="(\/assets\/site\.[^"]+\.css)"/.exec(body) ?? [];
    const { status, headers } = await stack.ask(path, agent);
    t.equal(status, 200);
    t.match(headers["cache-control"], /immutable/);
    t.match(headers["content-type"], /^text\/css/);
  });

  await t.test(
    "large pictures through all tiers, with pages on the same connections",
    async (t) => {
      const pictures = [180_000, 1_200_000, 6_000_000].map((bytes) => {
        return { bytes, path: stack.addPicture(bytes) };
      });
      const agent = stack.agent(true);
      const wrong: string[] = [];
      const visit = async (index: number) => {
        for (let turn = 0; turn < 8; turn++) {
          const { bytes, path } = pictures[(index + turn) % pictures.length] ?? {
            bytes: 0,
            path: "",
          };
          const picture = await stack.ask(path, agent);
          if (picture.body.length !== bytes) wrong.push(`${picture.status} of ${bytes} bytes`);
          const page = await stack.ask("/", agent);
          if (page.status !== 200) wrong.push(`${page.status} of the page`);
        }
      };
      await Promise.all([0, 1, 2, 3, 4, 5].map(visit));
      agent.destroy();
      t.same(wrong, []);
    },
  );

  await t.test("http is redirected to https, path and query are kept", async (t) => {
    const outgoing = httpRequest({
      port: stack.port(8080),
      path: "/x?y",
      headers: { host: `www.foobar.com:${stack.port(8080)}` },
      agent: new HttpAgent(),
    }).end();
    const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
    t.equal(incoming.statusCode, 308);
    t.equal(incoming.headers.location, `https://www.foobar.com:${stack.port(8443)}/x?y`);
    incoming.resume();
  });

  await t.test("behind the balancer no connection is accepted without a certificate", async (t) => {
    for (const inner of [8081, 8091] as const) {
      const outgoing = request({
        port: stack.port(inner),
        rejectUnauthorized: false,
        path: "/",
      }).end();
      const refused = once(outgoing, "response").then(
        () => "answered",
        (error: NodeJS.ErrnoException) => error.code ?? error.message,
      );
      t.match(await refused, /CERTIFICATE_REQUIRED|ECONNRESET|EPROTO/);
    }
  });

  await t.test(
    "a reload changes the algorithm under load: no request fails, and our tiers are probed",
    async (t) => {
      const visitors = load(stack);
      const [rotation, prequal] = ["{ algorithm: round-robin }", "{ algorithm: prequal }"];
      const said = await stack.reload(rotation, prequal);
      t.match(
        said,
        /^box1 balancer: reloaded\n {2}backends\.web\.balance\.algorithm: round-robin → prequal\n$/,
      );
      const url = `http://127.0.0.1:${stack.port(8404)}/api/v1/status`;
      const web = async () => {
        const { backends } = (await (await fetch(url)).json()) as {
          backends: { algorithm: string; reasons: Record<string, number> }[];
        };
        return backends[0];
      };
      await until(
        "the answers to probes decide",
        async () => ((await web())?.reasons.cold ?? 0) > 20,
      );
      t.equal((await web())?.algorithm, "prequal");
      await stack.reload(prequal, rotation);
      const { answered, failed } = await visitors.end();
      t.same(failed, []);
      t.ok(answered > 20, `${answered} answered`);
    },
  );

  await t.test("the operator's view", async (t) => {
    const base = `http://127.0.0.1:${stack.port(8404)}`;
    const metrics = await (await fetch(`${base}/metrics`)).text();
    t.match(metrics, /haproxy_server_status\{proxy="web",server="box2",state="UP"\} 1/);
    t.match(metrics, /haproxy_frontend_http_responses_total\{proxy="https",code="2xx"\} [1-9]/);
    t.match(await (await fetch(`${base}/api/v1/status`)).json(), {
      ...{ health: "healthy", version: 1, site: "www.foobar.com", box: "box1" },
    });
    t.match(await (await fetch(base)).text(), /Backend web/);
  });

  await t.test(
    "status shows the whole way of a request, and names an appserver that is frozen",
    async (t) => {
      const healthy = await stack.status();
      t.equal(healthy.health, "healthy");
      t.match(healthy.links.map(({ name }) => name).join(), /^web,application,database$/);
      const pid = await stack.pidOf("box1", "appserver");
      const frozenAt = Date.now();
      process.kill(pid, "SIGSTOP");
      const named = (name: string, state: string, why: RegExp) => async () =>
        (await stack.status()).problems.some(
          (one) => one.name === name && one.state === state && why.test(one.why),
        );
      await until("its process is silent", named("box1 appserver", "silent", /does not answer/));
      const silent = (await stack.status()).problems.find(({ state }) => state === "silent");
      t.ok(Date.parse(silent?.since ?? "") >= frozenAt - 1000, "counted from when it fell silent");
      await until("its link is named", named("application", "degraded", /box1: L\dTOUT/));
      const agent = stack.agent(false);
      t.equal((await stack.ask("/", agent)).status, 200, "the other one answers");
      process.kill(pid, "SIGCONT");
      await until("all is well again", async () => (await stack.status()).health === "healthy");
    },
  );

  for (const [box, tier] of [
    ["box2", "webserver"],
    ["box1", "appserver"],
  ] as const) {
    await t.test(`kill -9 of the ${tier} on ${box} under load`, async (t) => {
      const clients = load(stack);
      await sleep(500);
      const pid = await stack.pidOf(box, tier);
      const killedAt = Date.now();
      process.kill(pid, "SIGKILL");
      await until("it is back", async () => (await stack.pidOf(box, tier)) !== pid);
      // Reads from the output after how many seconds the process was back. The supervisor measured
      // these seconds, so the time that `tandem status` takes is not included.
      const back = new RegExp(`${box} ${tier} is back \\(pid \\d+\\) after ([\\d.]+) s`);
      await until("it says so", () => back.test(stack.output));
      const backSeconds = Number(back.exec(stack.output)?.[1]);
      await sleep(NOTICED_MS);
      const before = clients.answered();
      await until("requests are still answered", () => clients.answered() > before + 50);
      const { answered, failed } = await clients.end();
      t.comment(`${answered} answered, ${failed.length} failed, back after ${backSeconds} s`);
      t.ok(failed.length <= 4, `at most what was in flight: ${JSON.stringify(failed)}`);
      t.same(
        failed.filter(([at]) => at > killedAt - clients.startedAt + NOTICED_MS),
        [],
        "no request fails after the checks have noticed",
      );
    });
  }

  await t.test("the balancer's connections to a webserver are cut under load", async (t) => {
    const clients = load(stack);
    await sleep(500);
    const cut = killConnections(stack.port(8081));
    const before = clients.answered();
    await until("requests are still answered", () => clients.answered() > before + 50);
    const { answered, failed } = await clients.end();
    t.comment(`${cut}; ${answered} answered, ${failed.length} failed`);
    t.ok(failed.length <= 4, `at most what was in flight: ${JSON.stringify(failed)}`);
  });

  await t.test(
    "Ctrl-C: running requests are finished, exit 0, ports free, no process left",
    async (t) => {
      const pids = (await stack.tiers()).map(({ pid }) => pid);
      t.equal(pids.length, 5);
      t.same(await stack.interrupt(), [0, null], stack.output);
      for (const example of EXAMPLE_PORTS)
        t.notOk(await listens(stack.port(example)), `${example} is free`);
      for (const pid of pids) t.throws(() => process.kill(pid, 0), { code: "ESRCH" });
    },
  );
});

/** Resets established connections to a port from outside their processes, if the kernel allows it. */
function killConnections(to: number): string {
  try {
    const killed = execFileSync("ss", ["-K", "state", "established", `( dport = :${to} )`], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    return `${killed.toString().split("\n").length - 2} connections reset`;
  } catch (error) {
    return `no connection was reset, ss -K is not possible here (${String(error).split("\n")[0]})`;
  }
}
