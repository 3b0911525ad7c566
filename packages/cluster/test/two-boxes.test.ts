// Two real boxes: each is a network namespace. A bridge in another namespace connects them, and a client is in a
// fourth one. One configuration file is used for both boxes. box2 gets its certificates from box1, as an operator
// would copy them. Then the cable of box2 is pulled and put back.
//
//   client 10.77.0.9 ──┐
//   box1   10.77.0.1 ──┼── bridge
//   box2   10.77.0.2 ──┘     every address lives inside the namespaces only
import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import t from "tap";
import { environment } from "./environment.ts";

const REPOSITORY = fileURLToPath(new URL("../../..", import.meta.url));
const TANDEM = join(REPOSITORY, "packages/cluster/bin/tandem.ts");
const SITE = join(REPOSITORY, "examples/www.foobar.com");
const ADDRESSES = { client: "10.77.0.9", box1: "10.77.0.1", box2: "10.77.0.2" } as const;
type Host = keyof typeof ADDRESSES;
const HOSTS: readonly Host[] = ["client", "box1", "box2"];

const namespace = (name: Host | "bridge"): string => `tandem${process.pid}-${name}`;
const ip = (...words: string[]): string =>
  execFileSync("ip", words, { encoding: "utf8", stdio: "pipe" });

function createNetwork(): void {
  const bridge = namespace("bridge");
  ip("netns", "add", bridge);
  ip("-n", bridge, "link", "add", "br0", "type", "bridge");
  ip("-n", bridge, "link", "set", "br0", "up");
  for (const host of HOSTS) {
    const own = namespace(host);
    ip("netns", "add", own);
    ip("-n", bridge, "link", "add", host, "type", "veth", "peer", "name", "eth0", "netns", own);
    ip("-n", bridge, "link", "set", host, "master", "br0", "up");
    ip("-n", own, "addr", "add", `${ADDRESSES[host]}/24`, "dev", "eth0");
    ip("-n", own, "link", "set", "lo", "up");
    ip("-n", own, "link", "set", "eth0", "up");
  }
}

function removeNetwork(): void {
  for (const name of [...HOSTS, "bridge"] as const) {
    try {
      ip("netns", "del", namespace(name));
    } catch {
      // The network namespace was never created, so there is none to delete.
    }
  }
}

/** Returns why namespaces cannot be used here; undefined when they can. */
function obstacle(): string | undefined {
  try {
    createNetwork();
    execFileSync("ip", ["netns", "exec", namespace("box1"), "true"], { stdio: "pipe" });
    return undefined;
  } catch (error) {
    removeNetwork();
    return `no network namespaces here: ${error instanceof Error ? error.message.trim() : error}`;
  }
}

const YAML = `
site: www.foobar.com
balancer:
  threads: 1
  drain: 1s
  frontends:
    https:
      bind: "*:8443"
      tls: { certificates: [{ cert: .tandem/tls/site.crt, key: .tandem/tls/site.key }] }
      routes: [{ backend: web }]
  backends:
    web:
      balance: { algorithm: round-robin }
      servers:
        box1: { address: "10.77.0.1:8081" }
        box2: { address: "10.77.0.2:8081" }
      check: &check { http: { path: /readyz }, interval: 1s, timeout: 1s, rise: 2, fall: 3 }
      timeouts: &timeouts { connect: 2s, server: 20s }
      tls: &internal { ca: .tandem/tls/ca.crt, cert: ".tandem/tls/\${BOX}.crt", key: ".tandem/tls/\${BOX}.key" }
  admin: { bind: "127.0.0.1:8404" }
webserver:
  tls: *internal
  drain: 1s
  locations: [{ path: /assets/, root: ${JSON.stringify(`${SITE}/static`)}, fingerprint: true }]
  upstream:
    servers:
      box1: { address: "10.77.0.1:8091" }
      box2: { address: "10.77.0.2:8091" }
    prefer: same-box
    check: *check
    timeouts: *timeouts
    tls: *internal
  trustedProxies: [10.77.0.1, 10.77.0.2]
  servedBy: true
appserver:
  tls: *internal
  drain: 1s
  app: ${JSON.stringify(`${SITE}/app`)}
  config: { assets: ${JSON.stringify(`${SITE}/static`)} }
  database: { url: "sqlite:.tandem/site.db" }
  trustProxy: [10.77.0.1, 10.77.0.2]
  servedBy: true
cluster:
  boxes:
    box1: { balancer: true, webserver: { bind: "10.77.0.1:8081" }, appserver: { bind: "10.77.0.1:8091" } }
    box2: { balancer: true, webserver: { bind: "10.77.0.2:8081" }, appserver: { bind: "10.77.0.2:8091" } }
telemetry: { log: { directory: .tandem/logs } }
`;

/**
 * Prepares the boxes as an operator does it by hand: everything is made on box1, and then box2 gets its own
 * certificates and the shared secret.
 */
function prepareBoxes(folders: Readonly<Record<"box1" | "box2", string>>): void {
  const prepare = (folder: string, ...words: string[]) =>
    execFileSync(process.execPath, [TANDEM, "prepare", ...words], {
      cwd: folder,
      env: environment(folder),
      stdio: "pipe",
    });
  for (const folder of Object.values(folders)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "tandem.yaml"), YAML);
  }
  prepare(folders.box1);
  mkdirSync(join(folders.box2, ".tandem"));
  for (const part of ["tls", "session.key"])
    cpSync(join(folders.box1, ".tandem", part), join(folders.box2, ".tandem", part), {
      recursive: true,
    });
  for (const secret of ["ca.key", "box1.key", "box1.crt"])
    rmSync(join(folders.box2, ".tandem/tls", secret));
  prepare(folders.box2, "--box", "box2");
}

interface Box {
  readonly child: ChildProcess;
  readonly ready: Promise<void>;
  readonly exit: Promise<number | null>;
}

function up(box: "box1" | "box2", folder: string): Box {
  const words = ["netns", "exec", namespace(box), process.execPath, TANDEM, "up", "--box", box];
  const child = spawn("ip", words, {
    cwd: folder,
    env: environment(folder),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exit = new Promise<number | null>((resolve) => child.once("close", resolve));
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (said += chunk));
  const ready = new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (said.includes("stop  ")) resolve();
    });
    void exit.then((code) => reject(new Error(`${box} ended with ${code}: ${said}`)));
  });
  return { child, ready, exit };
}

/**
 * Sends one GET of the home page from the client to the balancer of `via`. Returns two names: the box whose webserver
 * answered and the box whose appserver answered. Undefined when the GET fails.
 */
async function get(via: "box1" | "box2", folder: string): Promise<string | undefined> {
  const words = [
    ...[
      "netns",
      "exec",
      namespace("client"),
      "curl",
      "-sf",
      "--max-time",
      "30",
      "-o",
      "/dev/null",
      "-D",
      "-",
    ],
    ...["--cacert", join(folder, ".tandem/tls/ca.crt")],
    ...["--resolve", `www.foobar.com:8443:${ADDRESSES[via]}`, "https://www.foobar.com:8443/"],
  ];
  try {
    const { stdout } = await promisify(execFile)("ip", words, { env: environment(folder) });
    const served = /^x-served-by: (.*)$/im.exec(stdout)?.[1] ?? "";
    return served.replaceAll(/\/\S*/g, "").replaceAll(",", "").trim();
  } catch {
    return undefined;
  }
}

interface Tally {
  readonly served: readonly string[];
  readonly failed: number;
}

async function gets(count: number, folder: string, via: "box1" | "box2" = "box1"): Promise<Tally> {
  const answers: (string | undefined)[] = [];
  for (let i = 0; i < count; i += 1) answers.push(await get(via, folder));
  const served = answers.filter((answer) => answer !== undefined);
  return { served, failed: count - served.length };
}

/**
 * Sends GETs in groups of ten until `wanted` accepts the result of a group. Returns how many GETs failed in the earlier
 * groups.
 */
async function until(
  folder: string,
  wanted: (tally: Tally) => boolean,
  ms = 60_000,
): Promise<number> {
  const end = performance.now() + ms;
  for (let failed = 0; ; ) {
    const tally = await gets(10, folder);
    if (wanted(tally)) return failed;
    failed += tally.failed;
    if (performance.now() > end)
      throw new Error(`not within ${ms} ms; last: ${JSON.stringify(tally)}`);
  }
}

const halves = ({ served, failed }: Tally): boolean =>
  failed === 0 &&
  ["box1 box1", "box2 box2"].every((box) => served.filter((each) => each === box).length === 5);
const alone = ({ served, failed }: Tally): boolean =>
  failed === 0 && served.every((s) => s === "box1 box1");

const reason = obstacle();
if (reason !== undefined) t.comment(reason);
t.teardown(removeNetwork);

t.test("two boxes, one file, one cable", { skip: reason ?? false, timeout: 230_000 }, async (t) => {
  const folder = t.testdir();
  const folders = { box1: join(folder, "box1"), box2: join(folder, "box2") };
  prepareBoxes(folders);
  const boxes = [up("box1", folders.box1), up("box2", folders.box2)];
  t.teardown(async () => {
    for (const { child } of boxes) child.kill("SIGTERM");
    await Promise.all(boxes.map(({ exit }) => exit));
  });
  await Promise.all(boxes.map(({ ready }) => ready));

  t.equal(await until(folders.box1, halves), 0, "traffic alternates, and nothing fails");
  t.same(
    (await gets(4, folders.box1, "box2")).failed,
    0,
    "box2's own balancer serves the site too",
  );

  ip("-n", namespace("box2"), "link", "set", "eth0", "down");
  const lost = await until(folders.box1, alone);
  t.comment(`${lost} of the GETs failed before the checks had noticed that box2 was gone`);
  t.same(
    await gets(10, folders.box1),
    { served: Array(10).fill("box1 box1"), failed: 0 },
    "box1 alone",
  );

  ip("-n", namespace("box2"), "link", "set", "eth0", "up");
  t.equal(
    await until(folders.box1, halves),
    0,
    "both boxes again; no request fails while box2 comes back",
  );

  for (const { child } of boxes) child.kill("SIGTERM");
  t.same(await Promise.all(boxes.map(({ exit }) => exit)), [0, 0], "both drain and exit 0");
});
