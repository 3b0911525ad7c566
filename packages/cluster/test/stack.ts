// Runs www.foobar.com as `npm start` does, but on free ports and with a state folder of its own.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { createServer } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { environment } from "./environment.ts";

const REPOSITORY = fileURLToPath(new URL("../../..", import.meta.url));
const EXAMPLE = join(REPOSITORY, "examples/www.foobar.com");
const TANDEM = join(REPOSITORY, "packages/cluster/bin/tandem.ts");
const run = promisify(execFile);

/** The ports in the example's configuration. The tests replace each of them by a free port. */
export const EXAMPLE_PORTS = [8080, 8443, 8081, 8082, 8091, 8092, 8404] as const;
export type ExamplePort = (typeof EXAMPLE_PORTS)[number];

export interface RunningTier {
  readonly box: string;
  readonly tier: string;
  readonly pid: number;
}

export interface StackStatus {
  readonly health: string;
  readonly problems: readonly {
    readonly name: string;
    readonly state: string;
    readonly since: string;
    readonly why: string;
  }[];
  readonly links: readonly { readonly name: string; readonly state: string }[];
  readonly boxes: readonly { readonly tiers: readonly RunningTier[] }[];
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const found = servers.map((server) => {
    const address = server.address();
    return address !== null && typeof address === "object" ? address.port : 0;
  });
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return found;
}

export class Stack {
  readonly process: ChildProcess;
  readonly pid: number;
  readonly #folder: string;
  readonly #ports: ReadonlyMap<ExamplePort, number>;
  #output = "";

  /** Prepares and starts the stack in `folder`. Resolves when its table of processes is printed. */
  static async start(folder: string): Promise<Stack> {
    const free = await freePorts(EXAMPLE_PORTS.length);
    const ports = new Map(EXAMPLE_PORTS.map((example, index) => [example, free[index] ?? 0]));
    const original = readFileSync(join(EXAMPLE, "tandem.yaml"), "utf8");
    const text = original
      .replaceAll(/\b(\d{4})\b/g, (port) => String(ports.get(Number(port) as ExamplePort) ?? port))
      .replaceAll(".tandem", join(folder, "state"))
      .replaceAll(/\b(root|app|assets): (static|app)\b/g, (_, key, path) => {
        return `${key}: ${join(EXAMPLE, path)}`;
      });
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "tandem.yaml"), text);
    const stack = new Stack(folder, ports, await prepared(folder));
    await until("the table is printed", () => {
      if (stack.process.exitCode !== null) throw new Error(stack.output);
      return stack.output.includes("try it");
    });
    return stack;
  }

  private constructor(
    folder: string,
    ports: ReadonlyMap<ExamplePort, number>,
    child: ChildProcess,
  ) {
    this.#folder = folder;
    this.#ports = ports;
    this.process = child;
    if (child.pid === undefined) throw new Error("the supervisor did not start");
    this.pid = child.pid;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk) => {
        this.#output += chunk;
      });
    }
  }

  /** Returns all output that the supervisor has printed. */
  get output(): string {
    return this.#output;
  }

  get siteCertificate(): string {
    return join(this.#folder, "state/tls/site.crt");
  }

  get authority(): string {
    return readFileSync(join(this.#folder, "state/tls/ca.crt"), "utf8");
  }

  /** Returns the port that is used in place of one of the example's ports. */
  port(example: ExamplePort): number {
    return this.#ports.get(example) ?? 0;
  }

  /** Returns an agent for `ask` that trusts the site's certificate. */
  agent(keepAlive: boolean): Agent {
    return new Agent({ ca: this.authority, keepAlive, maxSockets: 4 });
  }

  /** GETs a page of the site over TLS. */
  ask(path: string, agent: Agent): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const outgoing = request({
        host: "127.0.0.1",
        port: this.port(8443),
        servername: "www.foobar.com",
        headers: { host: `www.foobar.com:${this.port(8443)}` },
        path,
        agent,
        timeout: 15_000,
      });
      outgoing.on("response", (incoming) => resolve(collect(incoming)));
      outgoing.on("error", reject);
      outgoing.on("timeout", () => outgoing.destroy(new Error("no answer for 15 s")));
      outgoing.end();
    });
  }

  /** Puts a picture of `bytes` bytes, all `x`, into the site's database. Returns its path. */
  addPicture(bytes: number): string {
    const data = Buffer.alloc(bytes, "x");
    const hash = createHash("sha256").update(data).digest("hex");
    const database = new DatabaseSync(join(this.#folder, "state/site.db"), { timeout: 10_000 });
    const row = "insert into image (hash, width, height, data, added) values (?, 1, 1, ?, 0)";
    database.prepare(row).run(hash, data);
    database.close();
    return `/images/${hash}.webp`;
  }

  /** Replaces a text in the configuration file by another and reloads. Returns the output of the reload. */
  async reload(from: string, to: string): Promise<string> {
    const file = join(this.#folder, "tandem.yaml");
    const text = readFileSync(file, "utf8");
    if (!text.includes(from)) throw new Error(`the file does not say ${from}`);
    writeFileSync(file, text.replace(from, to));
    const words = [TANDEM, "reload", "--config", file];
    return (await run(process.execPath, words, options(this.#folder))).stdout;
  }

  /** Returns the processes, as `tandem status` shows them. */
  async tiers(): Promise<readonly RunningTier[]> {
    return (await this.status()).boxes.flatMap(({ tiers }) => tiers);
  }

  /** Returns the output of `tandem status --json`. */
  async status(): Promise<StackStatus> {
    const words = [TANDEM, "status", "--json", "--config", join(this.#folder, "tandem.yaml")];
    const { stdout } = await run(process.execPath, words, options(this.#folder)).catch(
      (error: { stdout: string }) => error, // when the site is not healthy, the exit code is not 0
    );
    return JSON.parse(stdout) as StackStatus;
  }

  async pidOf(box: string, tier: string): Promise<number> {
    const found = (await this.tiers()).find((one) => one.box === box && one.tier === tier);
    // kill() with 0 as the process id would send the signal to the test's own process group.
    if (found === undefined) throw new Error(`no ${tier} runs on ${box}`);
    return found.pid;
  }

  /** Sends Ctrl-C as a terminal does: to the whole process group. Resolves to exit code and signal. */
  async interrupt(): Promise<readonly unknown[]> {
    const exit = once(this.process, "exit");
    process.kill(-this.pid, "SIGINT");
    return exit;
  }
}

const options = (folder: string) => ({
  cwd: REPOSITORY,
  env: environment(folder),
});

async function prepared(folder: string): Promise<ChildProcess> {
  const file = join(folder, "tandem.yaml");
  await run(process.execPath, [TANDEM, "prepare", "--config", file], options(folder));
  return spawn(process.execPath, [TANDEM, "up", "--config", file], {
    ...options(folder),
    detached: true, // a process group of its own
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function collect(incoming: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const { statusCode = 0, headers } = incoming;
  return { status: statusCode, headers, body: Buffer.concat(chunks).toString() };
}

/** Polls until `holds` returns true. Throws after a minute, because a process that takes so long must be hanging. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`still not so after 60 s: ${what}`);
    await sleep(50);
  }
}
