// `tandem lab advise` beside a balancer that runs: what it learns of it by its admin port, by its tandem.yaml, and by its log.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, get, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import t, { type Test } from "tap";
import { startLab } from "./support/command.ts";

t.setTimeout(240_000); // when this file is run alone, tap allows it 30 s

const BALANCER = fileURLToPath(new URL("../../balancer/bin/tandem-balancer.ts", import.meta.url));
const QUICK = ["--workers", "20", "--run-length", "1s", "--seeds", "5", "--json"];

async function listening(listener: RequestListener) {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, port: (server.address() as AddressInfo).port };
}

/** Returns a port that was free a moment ago. */
async function freePort(): Promise<number> {
  const { server, port } = await listening(() => undefined);
  server.close();
  await once(server, "close");
  return port;
}

const until = async (done: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 20));
};

const answered = (port: number, path = "/"): Promise<boolean> =>
  new Promise((resolve) => {
    const request = get({ host: "127.0.0.1", port, path, agent: false }, (response) => {
      response.resume().on("end", () => resolve(response.statusCode === 200));
    });
    request.on("error", () => resolve(false));
  });

/** A balancer of two servers, the second of which takes four times as long. */
async function stack(t: Test) {
  const folder = t.testdir({});
  const servers = await Promise.all(
    [10, 40].map((ms) => listening((_, response) => setTimeout(() => response.end("ok"), ms))),
  );
  const [port, admin] = [await freePort(), await freePort()];
  const file = join(folder, "tandem.yaml");
  writeFileSync(
    file,
    `
site: advised
balancer:
  threads: 1
  frontends: { front: { bind: "127.0.0.1:${port}", routes: [{ backend: web }] } }
  backends:
    web:
      balance: { algorithm: round-robin }
      servers:
        web1: { address: "127.0.0.1:${servers[0]?.port}", weight: 2 }
        web2: { address: "127.0.0.1:${servers[1]?.port}", weight: 3 }
      check: false
  admin: { bind: "127.0.0.1:${admin}" }
telemetry: { log: { level: warn, accessFormat: json, directory: ${folder} } }
cluster: { boxes: { one: { balancer: true } } }
`,
  );
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
  const child = spawn(process.execPath, [BALANCER, "--config", file, "--box", "one"], {
    env: { PATH, HOME, NODE_COMPILE_CACHE },
    stdio: "ignore",
  });
  t.teardown(async () => {
    child.kill("SIGKILL");
    for (const { server } of servers) server.close().closeAllConnections();
  });
  await until(() => answered(admin, "/healthz"));
  return { port, admin, file, log: join(folder, "balancer-one.access.log") };
}

t.test("a balancer is watched while it serves, and its log tells the same", async (t) => {
  const { port, admin, file, log } = await stack(t);
  let over = false;
  let sent = 0;
  const visitor = async () => {
    for (; !over; sent++) await answered(port);
  };
  const visitors = Array.from({ length: 6 }, visitor);
  await until(() => sent > 100);
  const looks = await Promise.all(
    [`http://127.0.0.1:${admin}`, file].map(
      (place) => startLab(["advise", "--from", place, "--watch", "2s", ...QUICK]).outcome,
    ),
  );
  over = true;
  await Promise.all(visitors);
  for (const { code, stdout, stderr } of looks) {
    t.equal(code, 0, stderr);
    const { site, today, facts } = JSON.parse(stdout);
    t.match(site.servers, [
      { name: "web1", weight: 2 },
      { name: "web2", weight: 3 },
    ]);
    const ratio = site.servers[0].speed / site.servers[1].speed;
    t.ok(ratio > 2 && ratio < 6, `${ratio} times as fast`);
    t.ok(site.rate > 5);
    t.equal(today, "round-robin");
    t.ok(
      facts.some(({ from }: { from: string }) =>
        from.startsWith(`127.0.0.1:${admin}, backend web`),
      ),
    );
  }
  await until(() => readFileSync(log, "utf8").split("\n").length > sent);
  const { code, stdout, stderr } = await startLab(["advise", "--log", log, ...QUICK]).outcome;
  t.equal(code, 0, stderr);
  const { site } = JSON.parse(stdout);
  t.ok(site.servers[0].speed / site.servers[1].speed > 2, "the slow one is found");
});
