// Tests addresses, listeners, and the life cycle of a process.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { finished } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import t from "tap";
import {
  type Accepted,
  descriptorLimitIn,
  formatAddress,
  Listener,
  networkMatcher,
  plainAddress,
  refuseIfTaken,
} from "./index.ts";
import { portHolders } from "./port-holders.ts";
import { pseudonym } from "./pseudonym.ts";

t.test("addresses are formatted as people write them", async (t) => {
  t.equal(formatAddress({ host: undefined, port: 80 }), "*:80");
  t.equal(formatAddress({ host: "::1", port: 80 }), "[::1]:80");
  t.equal(plainAddress("::ffff:10.0.0.1"), "10.0.0.1");
  t.equal(plainAddress(undefined), "");
});

t.test("an address is matched against addresses and networks", async (t) => {
  const trusted = networkMatcher(["127.0.0.1", "10.0.0.0/8", "fd00::/8"]);
  for (const address of ["127.0.0.1", "10.255.0.1", "fd00::2"]) t.ok(trusted(address), address);
  for (const address of ["127.0.0.2", "11.0.0.1", "fe80::1", ""])
    t.notOk(trusted(address), address);
  t.notOk(networkMatcher([])("127.0.0.1"));
  t.throws(() => networkMatcher(["10.0.0.0/8", "localhost"]), /"localhost"/);
});

t.test("a listener whose port is taken names the address and what to do", async (t) => {
  const address = { host: "127.0.0.1", port: 0 };
  const first = new Listener({ address, accepted: ({ socket }) => socket.end("hello") });
  await first.listen();
  t.teardown(() => first.close());
  const second = new Listener({ address: { ...address, port: first.port }, accepted: () => {} });
  const holder = process.platform === "linux" ? `process ${process.pid} \\(` : "another process";
  await t.rejects(second.listen(), new RegExp(`127\\.0\\.0\\.1:${first.port}: ${holder}`));
  const [chunk] = await once(connect(first.port, "127.0.0.1"), "data");
  t.equal(String(chunk), "hello", "the first listener still serves");
  const elsewhere = new Listener({ address: { host: "192.0.2.1", port: 0 }, accepted: () => {} });
  await t.rejects(elsewhere.listen(), /no such address/);
});

t.test("processes that listen on a port", { skip: process.platform !== "linux" }, async (t) => {
  const pids = (host: string | undefined, port: number): readonly number[] =>
    portHolders({ host, port }).map(({ pid }) => pid);
  for (const host of ["127.0.0.1", "::1", "0.0.0.0", undefined]) {
    const shared = { reusePort: true, accepted: () => {} };
    const listener = new Listener({ address: { host, port: 0 }, ...shared });
    await listener.listen();
    t.teardown(() => listener.close());
    const { port } = listener;
    t.same(pids(host, port), [process.pid], `at ${host}`);
    t.same(
      pids(undefined, port),
      [process.pid],
      "a listener on every address conflicts with each of them",
    );
    const elsewhere = host === "127.0.0.1" || host === "::1" ? [] : [process.pid];
    t.same(pids("127.0.0.9", port), elsewhere, "another address");
    await t.resolves(refuseIfTaken({ host, port }), "the process's own listeners do not count");
  }
  t.same(pids("127.0.0.1", 1), []);
});

t.test(
  "two listeners share a port with reusePort; closing one keeps its connections",
  async (t) => {
    const address = { host: "127.0.0.1", port: 0 };
    const reply = (words: string) => ({
      reusePort: true,
      accepted: ({ socket }: Accepted) => void socket.on("data", () => socket.write(words)),
    });
    const first = new Listener({ address, ...reply("1") });
    await first.listen();
    const second = new Listener({ address: { ...address, port: first.port }, ...reply("2") });
    await second.listen();
    const answered = new Map<string, Socket>();
    for (let i = 0; i < 200 && answered.size < 2; i++) {
      const socket = connect(first.port, "127.0.0.1");
      socket.write("?");
      const [chunk] = await once(socket, "data");
      if (answered.has(String(chunk))) socket.destroy();
      else answered.set(String(chunk), socket);
    }
    t.same([...answered.keys()].sort(), ["1", "2"]);
    first.close();
    const kept = answered.get("1");
    kept?.write("?");
    t.equal(String((await once(kept ?? t, "data"))[0]), "1");
    second.close();
    for (const socket of answered.values()) socket.destroy();
  },
);

const FIXTURE = fileURLToPath(new URL("../test/service.ts", import.meta.url));

/**
 * Runs the service of test/service.ts in a process and sends `signals` to the process. `how` selects the service's
 * behaviour.
 */
async function ran(how: string, signals: readonly NodeJS.Signals[]) {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const child = spawn(process.execPath, [FIXTURE, how], {
    env: { PATH, NODE_COMPILE_CACHE },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk) => {
      text += chunk;
    });
  }
  const exit = once(child, "exit");
  const ready = once(child, "message").then(([message]) => message);
  if (how !== "fail") t.same(await ready, { type: "ready", addresses: ["test://"] });
  for (const signal of signals) {
    child.kill(signal);
    await Promise.race([once(child.stdout ?? child, "data"), exit]);
  }
  if (how.endsWith("orphan")) child.disconnect();
  if (how === "replaced") child.send({ type: "replaced" });
  const [code] = await exit;
  await Promise.all([child.stdout, child.stderr].map((stream) => stream && finished(stream)));
  return { code, text };
}

t.test(
  "a process drains on SIGTERM, SIGINT and the loss of its supervisor, and exits 0",
  async (t) => {
    for (const [how, signals] of [
      ["serve", ["SIGTERM"]],
      ["serve", ["SIGINT"]],
      ["orphan", []],
    ] as const) {
      const { code, text } = await ran(how, signals);
      t.equal(code, 0, `${how} ${signals}`);
      t.match(text, /start[\s\S]*drain[\s\S]*stop[\s\S]*close/);
    }
  },
);

t.test("a process that another one replaces drains as replaced, and exits 0", async (t) => {
  for (const how of ["replaced", "shares-orphan"]) {
    t.match(await ran(how, []), { code: 0, text: /start[\s\S]*drain, replaced[\s\S]*close/ }, how);
  }
});

t.test(
  "a second signal ends the drain; a failed start and a crash exit with 1 and a message",
  async (t) => {
    t.equal((await ran("hang", ["SIGTERM", "SIGTERM"])).code, 130);
    t.match(await ran("fail", []), { code: 1, text: /port taken/ });
    t.match(await ran("crash", []), { code: 1, text: /came apart[\s\S]*stop/ });
  },
);

t.test("Node raises the soft limit of descriptors to the hard one", async (t) => {
  t.equal(
    descriptorLimitIn("Max open files            1024                4096      files\n"),
    1024,
  );
  t.equal(
    descriptorLimitIn("Max open files            unlimited           unlimited files\n"),
    Number.POSITIVE_INFINITY,
  );
  const entry = JSON.stringify(import.meta.resolve("./index.ts"));
  const script = `import { descriptorLimit } from ${entry}; console.log(descriptorLimit())`;
  const { stdout } = await promisify(execFile)("sh", [
    ...["-c", 'ulimit -Sn 100; ulimit -Hn 300; exec "$0" --input-type=module -e "$1"'],
    ...[process.execPath, script],
  ]);
  t.equal(stdout, process.platform === "linux" ? "300\n" : "Infinity\n");
});

t.test("two proxies with the same name have different names in Via", async (t) => {
  const own = ["a.test", "*:80"];
  t.match(pseudonym("tandem-box1", own), /^tandem-box1-[0-9a-f]{6}$/);
  t.equal(
    pseudonym("tandem-box1", own),
    pseudonym("tandem-box1", [...own]),
    "a later start gives the same name",
  );
  for (const other of [["b.test", "*:80"], ["a.test", "*:81"], ["a.test*:80"]]) {
    t.not(pseudonym("tandem-box1", own), pseudonym("tandem-box1", other));
  }
});
