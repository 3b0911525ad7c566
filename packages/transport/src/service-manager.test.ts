// Runs a service as systemd does, with NOTIFY_SOCKET in its environment, and reads which messages it sends. One test uses
// a stand-in for systemd-notify that writes its arguments to a file; another the real program and a real socket.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import t, { type Test } from "tap";
import { holdOpen } from "./hold-open.ts";
import { serviceManager } from "./service-manager.ts";

const FIXTURE = fileURLToPath(new URL("../test/service.ts", import.meta.url));

/** Starts the fixture with `variables` in its environment. Its PATH has the folder of this test alone. */
function start(t: Test, folder: string, variables: NodeJS.ProcessEnv, how = "well") {
  const { NODE_COMPILE_CACHE } = process.env;
  const child = spawn(process.execPath, [FIXTURE, how], {
    env: { PATH: folder, NODE_COMPILE_CACHE, ...variables },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  t.teardown(() => child.kill("SIGKILL"));
  let complaint = "";
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    complaint += chunk;
  });
  return { child, complaint: () => complaint };
}

/** Makes a `systemd-notify` that appends its socket and its arguments to a file. Returns the reader of the file. */
function givenProgram(folder: string): () => string {
  const record = join(folder, "messages");
  const program = join(folder, "systemd-notify");
  writeFileSync(program, `#!/bin/sh\necho "$NOTIFY_SOCKET $*" >>'${record}'\n`);
  chmodSync(program, 0o755);
  return () => (existsSync(record) ? readFileSync(record, "utf8") : "");
}

/** Waits until `condition` holds; throws after a minute. */
async function until(condition: () => boolean): Promise<void> {
  for (let times = 0; !condition(); times++) {
    if (times === 3_000) throw new Error(`still not so after a minute: ${condition}`);
    await sleep(20);
  }
}

t.test("without systemd-notify the service runs, and says once what to do", async (t) => {
  const { child, complaint } = start(t, t.testdir(), { NOTIFY_SOCKET: "/run/none" });
  await once(child, "message");
  await until(() => complaint().includes("\n"));
  child.kill("SIGTERM");
  t.same(await once(child, "exit"), [0, null]);
  t.match(
    complaint(),
    /^fixture: cannot tell systemd .*\(systemd-notify: .*ENOENT\); expected .* set Type=exec/,
  );
  t.equal(complaint().split("\n").length, 2, "one line");
});

t.test("a service that systemd did not start sends nothing", async (t) => {
  const folder = t.testdir();
  const messages = givenProgram(folder);
  const { child, complaint } = start(t, folder, {});
  await once(child, "message");
  child.kill("SIGTERM");
  await once(child, "exit");
  t.equal(messages() + complaint(), "");
});

t.test("start, reload, signs of life and end are told in their order", async (t) => {
  const folder = t.testdir();
  const messages = givenProgram(folder);
  const variables = { NOTIFY_SOCKET: "/run/one", WATCHDOG_USEC: "100000" };
  const { child, complaint } = start(t, folder, variables, "reloads");
  await until(() => messages().includes("WATCHDOG=1"));
  child.kill("SIGHUP");
  await until(() => messages().includes("refused"));
  child.kill("SIGTERM");
  await until(() => messages().includes("STOPPING"));
  child.send("go on");
  t.same(await once(child, "exit"), [0, null]);
  const lines = messages()
    .split("\n")
    .filter((line) => line !== "" && !line.endsWith("WATCHDOG=1"));
  t.match(lines, [
    "/run/one READY=1 STATUS=listening on test://",
    /^\/run\/one RELOADING=1 MONOTONIC_USEC=\d+$/,
    "/run/one READY=1 STATUS=the last reload was refused: line 1 line 2; and why",
    "/run/one STOPPING=1 STATUS=draining",
  ]);
  t.equal(complaint(), "");
});

t.test("a process that takes over is silent before, and then names itself", async (t) => {
  const folder = t.testdir();
  const messages = givenProgram(folder);
  const complain = (line: string) => t.fail(line);
  const old = serviceManager({
    environment: { PATH: folder, NOTIFY_SOCKET: "/run/one" },
    complain,
  });
  const environment = { PATH: folder, ...old.heir() };
  const manager = serviceManager({ environment, silent: true, complain });
  t.teardown(holdOpen()); // the messages alone do not keep a process running
  t.ok(manager.present);
  manager.stopping(); // of a start that failed: the service goes on
  await manager.takeOver("in place");
  t.equal(messages(), `/run/one MAINPID=${process.pid} READY=1 STATUS=in place\n`);
  manager.stopping();
  await until(() => messages().includes("STOPPING=1"));
  const none = serviceManager({ environment: {}, complain });
  await none.takeOver("no manager");
  t.same([none.present, none.heir()], [false, {}]);
});

t.test("signs of life are for the process that systemd means; children get no socket", (t) => {
  const environment: NodeJS.ProcessEnv = {
    NOTIFY_SOCKET: "/run/one",
    WATCHDOG_USEC: "100000",
    WATCHDOG_PID: "1",
    HOME: "/",
  };
  const clock = {
    now: () => 0,
    wall: () => 0,
    after: () => t.fail("a timer") as never,
    every: () => t.fail("a sign of life for another process") as never,
  };
  serviceManager({ environment, clock, complain: t.fail });
  t.same(environment, { HOME: "/" });
  t.end();
});

/** Prints each datagram, and closes the descriptor that comes with a barrier, as systemd does. */
const RECEIVER = `
import array, os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print("bound", flush=True)
while True:
    text, control, _, _ = s.recvmsg(4096, 1024)
    print(text.decode(), flush=True)
    for _, _, data in control:
        for fd in array.array("i", data): os.close(fd)
`;

t.test("the real systemd-notify reaches a real socket", async (t) => {
  const missing = ["systemd-notify", "python3"].filter(
    (program) => spawnSync(program, ["--version"]).error !== undefined,
  );
  if (missing.length > 0) {
    t.pass("real socket", { skip: `not installed here: ${missing.join(", ")}` });
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), "notify-")); // the path of a socket has at most 107 bytes
  t.teardown(() => rmSync(folder, { recursive: true }));
  const socket = join(folder, "socket");
  const manager = spawn("python3", ["-c", RECEIVER, socket]);
  t.teardown(() => manager.kill("SIGKILL"));
  let got = "";
  manager.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    got += chunk;
  });
  await until(() => got.includes("bound"));
  const { child, complaint } = start(t, process.env.PATH ?? "", { NOTIFY_SOCKET: socket });
  await until(() => got.includes("READY=1\nSTATUS=listening on test://"));
  await until(() => got.includes("BARRIER=1"));
  // A message waits for the one before, and is lost when its process ends meanwhile.
  await until(() => readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8") === "");
  child.kill("SIGTERM");
  t.same(await once(child, "exit"), [0, null]);
  await until(() => got.includes("STOPPING=1"));
  t.equal(complaint(), "");
});
