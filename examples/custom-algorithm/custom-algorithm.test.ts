// Runs the example: the balancer's own executable with the algorithm in this folder and two servers, and the same file in
// the laboratory.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import t, { type Test } from "tap";

const here = import.meta.dirname;
const root = dirname(dirname(here));
const executable = fileURLToPath(
  new URL("../bin/tandem-balancer.ts", import.meta.resolve("@tandem/balancer")),
);

/**
 * Starts a server that answers with its name. It answers a request for /wait only when the test tells it to, and any
 * other request at once.
 */
async function startServer(t: Test, name: string) {
  const waiting: (() => void)[] = [];
  const server = createServer((request, response) => {
    if (request.url === "/wait") waiting.push(() => response.end(name));
    else response.end(name);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return { waiting, port: (server.address() as AddressInfo).port };
}

t.test("the favourite while it is not busy, then the least busy", async (t) => {
  const one = await startServer(t, "one");
  const two = await startServer(t, "two");
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const env = {
    ...{ PATH, HOME: here, PORT: "0", NODE_COMPILE_CACHE },
    ...{ ONE: String(one.port), TWO: String(two.port) },
  };
  const child = spawn(process.execPath, [executable, "--config", `${here}/tandem.yaml`], {
    ...{ cwd: root, env, stdio: ["ignore", "inherit", "inherit", "ipc"] },
  });
  t.teardown(() => child.kill("SIGKILL"));
  const [ready] = (await once(child, "message")) as [{ readonly addresses: readonly string[] }];
  const url = ready.addresses[0] ?? "";
  const ask = async (path: string) => (await fetch(url + path)).text();

  for (let i = 0; i < 5; i++) t.equal(await ask("/"), "two");
  const busy = [ask("/wait"), ask("/wait"), ask("/wait")];
  while (two.waiting.length < 3) await new Promise(setImmediate);
  t.equal(await ask("/"), "one", "the favourite is busy");
  for (const answer of two.waiting) answer();
  t.same(await Promise.all(busy), ["two", "two", "two"]);
  t.equal(await ask("/"), "two");

  child.kill("SIGTERM");
  t.same(await once(child, "exit"), [0, null]);
});

/** Runs `tandem lab` in this folder. Returns what it prints and its exit code. */
async function lab(...words: readonly string[]) {
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
  const script = `${root}/packages/lab/bin/tandem-lab.ts`;
  const child = spawn(process.execPath, [script, ...words], {
    ...{ cwd: here, env: { PATH, HOME, NODE_COMPILE_CACHE }, stdio: ["ignore", "pipe", "inherit"] },
  });
  let printed = "";
  child.stdout.on("data", (chunk) => {
    printed += chunk;
  });
  const [code] = await once(child, "close");
  return { code, printed };
}

const FILE = "./warm-first.ts:favourite=s1,busyAt=3";

t.test("the laboratory simulates the same file", async (t) => {
  const folder = t.testdir({
    "mine.json": JSON.stringify({
      name: "two servers",
      durationMs: 20_000,
      traffic: { kind: "open", arrivals: { kind: "poisson", rate: 20 } },
      service: { kind: "exponential", mean: 10 },
      servers: [{ count: 2 }],
    }),
  });
  const words = ["run", `${folder}/mine.json`, "--seeds", "2", "--json", "--algorithms"];
  const { code, printed } = await lab(...words, "least-conn", FILE);
  t.equal(code, 0);
  t.ok(printed.includes(JSON.stringify(FILE)));
});

t.test("the laboratory tests the file", async (t) => {
  const { code, printed } = await lab("test", FILE, "--seeds", "2", "--json");
  t.equal(code, 0);
  const found = JSON.parse(printed);
  t.equal(found.algorithm, FILE);
  for (const { says, holds } of found.contract) t.ok(holds, says);
  for (const { title, verdict } of found.checks) t.equal(verdict, "holds", title);
  const names = new Set(found.scores.map(({ algorithm }: { algorithm: string }) => algorithm));
  t.same([...names].slice(0, 2), [FILE, "round-robin"]);
  t.equal(found.scores.length, 8 * names.size);
});
