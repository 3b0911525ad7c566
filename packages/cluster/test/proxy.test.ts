// Tests `tandem proxy` as a process, in front of applications that come late, die and return.
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import {
  createServer,
  get,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { get as getTls } from "node:https";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import t, { type Test } from "tap";
import { command, eventually, exists } from "./fake/run.ts";
import { childrenOf, env, inForeground, ranToEnd, TANDEM } from "./foreground.ts";

/** A folder with a place for temporary files, so that a test sees what is left there. */
const givenFolder = (t: Test): string => t.testdir({ tmp: {} });

const proxy = (t: Test, ...words: readonly string[]) =>
  inForeground(t, givenFolder(t), "proxy", ...words);

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
const hello: Answer = (_, response) => response.end("hello");

async function app(t: Test, port: number, answer: Answer = hello): Promise<Server> {
  const server = createServer(answer).listen(port, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => server.closeAllConnections());
  t.teardown(() => void server.close());
  return server;
}

async function stopped(server: Server): Promise<void> {
  const closed = once(server.close(), "close");
  server.closeAllConnections();
  await closed;
}

const portOf = (server: Server): number => {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
};

async function freePort(t: Test): Promise<number> {
  const server = await app(t, 0);
  const port = portOf(server);
  await stopped(server);
  return port;
}

const reply = (url: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => get(url, { agent: false }, resolve).on("error", reject));

async function statusOf(url: string): Promise<number | undefined> {
  const response = await reply(url);
  response.resume();
  return response.statusCode;
}

/** Asks until the status is the one that is wanted. */
async function answers(url: string, status: number): Promise<void> {
  for (const end = performance.now() + 30_000; performance.now() < end; )
    if ((await statusOf(url)) === status) return;
  throw new Error(`${url} has not answered ${status} within 30 s`);
}

const ran = (folder: string, ...words: readonly string[]) => ranToEnd(folder, "proxy", ...words);

t.test("a port that is taken: says who has it and what to do", async (t) => {
  const taken = portOf(await app(t, 0));
  const run = ran(givenFolder(t), "1", "--listen", `127.0.0.1:${taken}`);
  t.equal(run.status, 1);
  t.match(
    run.stderr,
    new RegExp(
      `^--listen 127\\.0\\.0\\.1:${taken}: .*process ${process.pid} .*listens there already`,
    ),
  );
  t.match(run.stderr, `listen on another port: --listen 127.0.0.1:${taken + 1}`);
});

t.test(
  "an algorithm that does not exist, one that needs a file, no host name, and no server at all",
  async (t) => {
    const folder = givenFolder(t);
    const misspelt = ran(folder, "1", "--algorithm", "leastconn");
    t.match(misspelt, {
      status: 1,
      stderr: /^--algorithm leastconn: .* did you mean 'least-conn'\?/,
    });
    const keyed = ran(folder, "1", "--algorithm", "header");
    t.match(keyed, {
      status: 2,
      stderr: /^--algorithm header: .*\n.*run the file with 'tandem up'/,
    });
    for (const host of [
      "*",
      'a"b',
      "a b",
      "",
      "a..b",
      "-a.test",
      `${"a".repeat(64)}.test`,
      "a.".repeat(150),
    ])
      t.match(ran(folder, "1", "--host", host, "--print"), {
        status: 1,
        stderr: `--host ${host}: this is no host name; expected a name without scheme and port`,
      });
    const every = ran(folder, "1", "--host", "*", "--print");
    t.match(every.stderr, /; leave --host out to answer every host\n$/);
    for (const host of ["a_b.test", "*.app.test", "Bücher.example", `${"a".repeat(63)}.test`])
      t.equal(ran(folder, "1", "--host", host, "--print").status, 0, host);
    t.match(ran(folder), { status: 1, stderr: /missing required argument 'servers'/ });
  },
);

t.test(
  "nothing listens: it starts, says so, answers 503, and serves when the app comes",
  async (t) => {
    const port = await freePort(t);
    const run = proxy(t, String(port));
    const url = await run.served();
    t.equal(await statusOf(url), 503);
    await run.tells(new RegExp(`:${port} is down \\(.*ECONNREFUSED.*\\); requests get 503`));
    const first = await app(t, port);
    await answers(url, 200);
    await run.tells(/:\d+ is up/);
    t.same(readdirSync(run.temporary), [], "the folder goes as soon as the balancer has read it");

    await stopped(first);
    await answers(url, 503);
    const release = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    await app(t, port, ({ url: path }, response) => {
      if (path?.startsWith("/slow")) {
        asked.resolve();
        void release.promise.then(() => response.end("back"));
      } else response.end("hello");
    });
    await answers(url, 200);

    const processes = childrenOf(run.child.pid);
    t.ok(processes.length === 1 && processes.every(exists));
    const slow = reply(`${url}/slow?\u009b31m`);
    await asked.promise;
    run.child.kill("SIGINT");
    await run.tells(/SIGINT: finishing what runs/);
    release.resolve();
    t.equal(await text(await slow), "back", "the request that ran is finished");
    t.equal(await run.exit, 0);
    t.notOk(processes.some(exists), "no process is left");
    t.match(run.said.out, /^\d\d:\d\d:\d\d GET \/ 503 \S+ - no server/m);
    t.match(run.said.out, new RegExp(`^\\S+ GET /slow\\S+ 200 \\S+ \\S+:${port}$`, "m"));
    t.match(run.said.out, /\n {2}requests +\d+\n {2}status +2xx \d+ +5xx \d+\n {2}failed +\d+\n/);
    t.match(run.said.out, /\n {2}time +p50 \S+ +p95 \S+ +max \S+\n {2}servers +\S+:\d+ \d+\n$/);
    t.notMatch(run.said.out, /[^\n\x20-\x7e]/, "without a terminal there are no colours");
  },
);

t.test("the balancer dies: says so and exits 1; we die: it ends by itself", async (t) => {
  const run = proxy(t, "1", "2");
  await run.served();
  const [balancer = 0] = childrenOf(run.child.pid);
  process.kill(balancer, "SIGKILL");
  t.equal(await run.exit, 1);
  t.match(run.said.err, `the balancer (process ${balancer}) ended by itself: signal SIGKILL`);

  const orphan = proxy(t, "1");
  await orphan.served();
  const [left = 0] = childrenOf(orphan.child.pid);
  orphan.child.kill("SIGKILL");
  await eventually("the balancer notices", () => !exists(left));
  t.same(readdirSync(orphan.temporary), []);
});

t.test("the balancer does not start: its words, exit code 1, and nothing left", async (t) => {
  const folder = t.testdir({ "balancer---config": "crash" });
  const run = command(folder, "proxy", "1", "--listen", ":0");
  t.equal(await run.exit, 1);
  t.match(run.err(), /^the balancer did not start: exit code 7\n {2}\| the roof is on fire\n$/);
});

t.test("a second signal ends at once, with 130", async (t) => {
  const server = await app(t, 0, () => undefined);
  const run = proxy(t, String(portOf(server)));
  const url = await run.served();
  const [balancer = 0] = childrenOf(run.child.pid);
  const never = t.rejects(reply(url)); // it is cut before this test asks for the exit code
  await once(server, "request");
  run.child.kill("SIGTERM");
  await run.tells(/SIGTERM: finishing what runs/);
  await run.tells(/waiting for 1 request, 10 s at most; Ctrl-C once more ends at once/);
  run.child.kill("SIGTERM");
  t.equal(await run.exit, 130);
  await never;
  await eventually("the balancer is killed", () => !exists(balancer));
});

t.test(
  "WebSocket and event streams pass; --json writes records; --https has an authority",
  async (t) => {
    const streaming = await app(t, 0, (_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("data: one\n\n"); // no more follows, so a client that leaves is seen only by its leaving
    });
    streaming.on("upgrade", (_, socket) => {
      socket.write(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
      );
      socket.pipe(socket);
    });
    const port = portOf(streaming);
    const run = proxy(t, String(port), "--json", "--https", "--host", "app.test");
    const { port: own } = new URL(await run.served());
    const folder = join(run.folder, "state/tandem/tls");
    t.equal(statSync(folder).mode & 0o777, 0o700);
    t.equal(statSync(join(folder, "ca.key")).mode & 0o777, 0o600);
    t.match(run.said.err, `curl --cacert ${folder}/ca.crt https://127.0.0.1:${own}/`);
    const ca = readFileSync(join(folder, "ca.crt"), "utf8");
    const ask = (host: string): Promise<IncomingMessage> =>
      new Promise((resolve, reject) => {
        const where = { host: "127.0.0.1", port: own, servername: host, headers: { host }, ca };
        getTls({ ...where, agent: false }, resolve).on("error", reject);
      });
    const events = await ask("app.test");
    const [first] = (await once(events, "data")) as [Buffer];
    t.equal(String(first), "data: one\n\n", "an event arrives while the answer goes on");
    events.destroy();
    const other = await ask("localhost");
    other.destroy();
    t.equal(other.statusCode, 200);
    await run.tells(/"target":"\/"/);
    run.child.kill("SIGTERM");
    t.equal(await run.exit, 0);
    const records = run.said.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as object);
    t.match(records, [
      { method: "GET", status: 200 },
      { method: "GET", status: 200 },
    ]);
    t.match(run.said.err, /requests +2\n/, "the summary leaves stdout to the records");

    const plain = proxy(t, String(port));
    const { port: second } = new URL(await plain.served());
    const socket = connect(Number(second), "127.0.0.1");
    socket.write(
      "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    );
    let heard = "";
    socket.setEncoding("latin1").on("data", (chunk: string) => (heard += chunk));
    await eventually("the upgrade", () => heard.includes("\r\n\r\n"));
    socket.write("ping");
    await eventually("the echo", () => heard.endsWith("ping"));
    t.match(heard, /^HTTP\/1\.1 101 /);
    socket.destroy();
    await plain.tells(/GET \/ws 101 /);
  },
);

t.test("--print: a file that tandem check accepts, the same authority as --https", async (t) => {
  const folder = givenFolder(t);
  const words = ["3000", "10.0.0.2:3000", "--listen", ":8443", "--algorithm", "round-robin"];
  const printed = ran(folder, ...words, "--https", "--host", "*.app.test", "--print");
  t.equal(printed.status, 0, printed.stderr);
  t.match(printed.stdout, 'bind: "*:8443"');
  writeFileSync(join(folder, "tandem.yaml"), printed.stdout);
  t.match(printed.stderr, /do not exist yet; the same command without --print makes them\n$/);
  t.notOk(existsSync(join(folder, "state")), "what only prints makes neither authority nor keys");
  const run = inForeground(t, folder, "proxy", "3000", "--https", "--host", "*.app.test");
  await run.served();
  run.child.kill("SIGTERM");
  await run.exit;
  const check = spawnSync(process.execPath, [TANDEM, "check"], {
    ...{ cwd: folder, env: env(folder), encoding: "utf8", timeout: 60_000 },
  });
  t.match(check, { status: 0, stdout: "tandem.yaml: valid\n", stderr: "" });
  const again = ran(folder, ...words, "--https", "--host", "*.app.test", "--print");
  t.match(again, { status: 0, stderr: "", stdout: printed.stdout }, "they exist now");
  t.same(readdirSync(join(folder, "tmp")), []);
});

t.test("the commands of docs/proxy.md and README.md work as they are written", async (t) => {
  const folder = givenFolder(t);
  const pages = ["docs/proxy.md", "README.md"].map((page) =>
    readFileSync(new URL(`../../../${page}`, import.meta.url), "utf8"),
  );
  const typed = [
    ...pages.join("\n").matchAll(/^\S*(?:node \S+)?tandem(?:\.ts)? proxy ([^#>\n]+)/gm),
  ];
  const commands = typed.map(([, words = ""]) => words.trim().split(/\s+/));
  t.ok(commands.length > 6, "commands were found");
  for (const words of commands) {
    const run = ran(folder, ...words.filter((word) => word !== "--print"), "--print");
    t.match(run, { status: 0, stdout: /^# tandem\.yaml, as/ }, words.join(" "));
  }
});
