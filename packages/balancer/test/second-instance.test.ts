// A second balancer on the ports of a running balancer. Unless it is told to share the ports, the second balancer does
// not start, and reports the process id of the first.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import t, { type Test } from "tap";
import { freePort, givenReloadable, section } from "./given-reloadable.ts";

const executable = join(import.meta.dirname, "../bin/tandem-balancer.ts");

function start(t: Test, file: string, ...words: string[]): ChildProcess {
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
  const child = spawn(process.execPath, [executable, "--config", file, ...words], {
    env: { PATH, HOME, NODE_COMPILE_CACHE },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  t.teardown(() => child.kill("SIGKILL"));
  return child;
}

const ready = (child: ChildProcess): Promise<unknown> => once(child, "message");

async function refusal(child: ChildProcess): Promise<string> {
  if (child.stderr === null) throw new Error("it was started without a stderr");
  const [words, [code]] = await Promise.all([text(child.stderr), once(child, "close")]);
  if (code !== 1) throw new Error(`it ended with ${code}`);
  return words;
}

t.test("another balancer on the same port", { skip: process.platform !== "linux" }, async (t) => {
  const [port, admin] = [await freePort(), await freePort()];
  const folder = t.testdir();
  const write = (name: string, bind: string, adminPort: number): string => {
    const file = join(folder, name);
    const servers = { s: { address: "127.0.0.1:9" } };
    const frontends = { front: { bind, routes: [{ backend: "web" }] } };
    const balancer = {
      ...{ threads: 2, drain: "1s", frontends, backends: { web: { servers } } },
      admin: { bind: `127.0.0.1:${adminPort}` },
    };
    writeFileSync(file, JSON.stringify({ site: "test", balancer }));
    return file;
  };
  const file = write("first.yaml", `127.0.0.1:${port}`, admin);
  const first = start(t, file);
  await ready(first);

  const holder = `process ${first.pid} \\(node.* tandem-balancer\\.ts\\) listens there already`;
  const refusals: readonly (readonly [string, string, RegExp])[] = [
    ["the same file", file, new RegExp(`frontends\\.front\\.bind: .*127.0.0.1:${port}: ${holder}`)],
    [
      "another file, every address",
      write("wide.yaml", `*:${port}`, 0),
      new RegExp(`frontends\\.front\\.bind: .*\\*:${port}: ${holder}.*--share-ports`),
    ],
    [
      "only the admin port is shared",
      write("admin.yaml", "127.0.0.1:0", admin),
      new RegExp(`balancer\\.admin\\.bind: .*:${admin}: ${holder}`),
    ],
  ];
  for (const [name, other, words] of refusals) t.match(await refusal(start(t, other)), words, name);

  await using reloadable = await givenReloadable(section({ s: 9 }));
  const moved = { front: { bind: `127.0.0.1:${port}`, routes: [{ backend: "web" }] } };
  const outcome = await reloadable.reload(section({ s: 9 }, {}, { frontends: moved }));
  t.match(outcome, { ok: false, words: [new RegExp(holder)] }, "a reload is refused too");

  const second = start(t, file, "--share-ports");
  await ready(second);
  first.kill("SIGTERM");
  t.same(await once(first, "exit"), [0, null]);
  t.equal(
    (await fetch(`http://127.0.0.1:${port}/`)).status,
    502,
    "the second balancer has taken over",
  );
  t.equal((await fetch(`http://127.0.0.1:${admin}/healthz`)).status, 200, "the admin page too");

  second.kill("SIGKILL");
  await once(second, "exit");
  await ready(start(t, file));
  t.pass("after a balancer was killed, the next one can start");
});
