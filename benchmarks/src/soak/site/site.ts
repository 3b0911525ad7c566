// A whole site, with each tier of each box as a process of its own, as under systemd. Tests can stop and start each
// process.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../process/free-port.ts";
import { Started } from "../../process/started.ts";
import { temporaryFolder } from "../../process/temporary-folder.ts";
import {
  BOXES,
  type Box,
  type EchoPorts,
  type Ports,
  type SiteOptions,
  siteConfig,
  type TierName,
} from "./config.ts";

const PACKAGES = join(import.meta.dirname, "../../../../packages");
const TANDEM = join(PACKAGES, "cluster/bin/tandem.ts");
/** Where the processes keep compiled modules, so that the many starts of a test cost less. */
const COMPILED = {
  NODE_COMPILE_CACHE:
    process.env.NODE_COMPILE_CACHE ?? join(PACKAGES, "../node_modules/.cache/soak"),
};
/** The order in which tiers are started: from the inside out, so that each tier finds the servers that it needs. */
const TIERS: readonly TierName[] = ["appserver", "webserver", "balancer"];
/** How long a tier may take to stop: longer than the deadline of its drain (10 s), also where the processors are busy. */
const STOP_SECONDS = 40;
const PATIENCE_MS = 60_000;

/** The fields of /api/v1/status that the tests use. */
export interface SiteStatus {
  readonly health: "healthy" | "degraded" | "down";
  readonly reloads: { readonly done: number; readonly refusal: string };
  readonly problems: readonly {
    readonly name: string;
    readonly state: string;
    readonly why: string;
  }[];
}

export interface SiteStart {
  readonly tls: boolean;
  /** The URL of the database; an SQLite file when absent. */
  readonly database?: string | undefined;
  /** Whether a `tandem up` runs the tiers of each box. */
  readonly supervised?: boolean | undefined;
  readonly echo?: EchoPorts | undefined;
  readonly drain?: string | undefined;
  readonly checkInterval?: string | undefined;
}

export class Site implements AsyncDisposable {
  readonly tls: boolean;
  readonly ports: Ports;
  readonly #folder: string;
  readonly #options: SiteOptions;
  readonly #processes = new Map<string, Started>();
  readonly #cleanUp = new AsyncDisposableStack();

  /** Prepares the site and starts all processes; resolves when the site is healthy. */
  static async start(options: SiteStart): Promise<Site> {
    const folder = temporaryFolder("site");
    const site = new Site(folder.path, options, await freePorts());
    site.#cleanUp.use(folder);
    try {
      await site.#prepare();
      if (options.supervised) for (const box of BOXES) await site.#up(box);
      else for (const tier of TIERS) await Promise.all(BOXES.map((box) => site.start(tier, box)));
      await site.untilHealthy();
      return site;
    } catch (error) {
      await site[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(folder: string, options: SiteStart, ports: Ports) {
    const { tls, database = `sqlite:${folder}/site.db`, echo, drain, checkInterval } = options;
    this.tls = tls;
    this.ports = ports;
    this.#folder = folder;
    this.#options = { folder, ports, tls, database, echo, drain, checkInterval };
  }

  /** The certificate (PEM) of the authority that clients have to trust; undefined without TLS. */
  get authority(): string | undefined {
    return this.tls ? readFileSync(`${this.#folder}/state/tls/ca.crt`, "utf8") : undefined;
  }

  file(box: Box): string {
    return join(this.#folder, `${box}.yaml`);
  }

  /** Starts a tier on a box. Resolves when the tier accepts connections. */
  async start(tier: TierName, box: Box): Promise<void> {
    const bin = join(PACKAGES, tier, `bin/tandem-${tier}.ts`);
    const words = [process.execPath, bin, "--config", this.file(box), "--box", box];
    const started = await Started.start(words, {
      quiet: true,
      name: `${box} ${tier}`,
      env: COMPILED,
    });
    this.#processes.set(`${box} ${tier}`, started);
    const end = performance.now() + PATIENCE_MS;
    while (!(await accepts(this.ports[box][tier]))) {
      if (started.ended || performance.now() > end)
        throw new Error(`${box} ${tier} did not start: ${started.complaint}`);
      await sleep(20);
    }
  }

  /** Sends a signal to a tier's process and returns at once. */
  signal(tier: TierName, box: Box, signal: NodeJS.Signals): void {
    process.kill(this.#process(tier, box).pid, signal);
  }

  /**
   * Stops a tier as in a planned restart. Resolves when the process has ended by itself; rejects
   * when the process fails or does not end within 40 s.
   */
  async stop(tier: TierName, box: Box): Promise<void> {
    this.signal(tier, box, "SIGTERM");
    await this.#process(tier, box).output(STOP_SECONDS);
  }

  /**
   * Writes the box's configuration file with another weight for the first server of each backend, and tells the
   * balancer to reload the file. Resolves when it has; rejects when it refuses. Only for boxes that are not supervised.
   */
  async reload(box: Box, weight: number): Promise<void> {
    const config = siteConfig(box, this.#options) as {
      balancer: { backends: Record<string, { servers: Record<string, { weight?: number }> }> };
    };
    for (const { servers } of Object.values(config.balancer.backends)) {
      const [first] = Object.values(servers);
      if (first !== undefined) first.weight = weight;
    }
    writeFileSync(this.file(box), JSON.stringify(config));
    const done = (await this.status(box))?.reloads.done ?? 0;
    this.signal("balancer", box, "SIGHUP");
    const end = performance.now() + PATIENCE_MS;
    for (;;) {
      const reloads = (await this.status(box))?.reloads;
      if (reloads !== undefined && reloads.refusal !== "")
        throw new Error(`the reload of ${box} was refused: ${reloads.refusal}`);
      if (reloads !== undefined && reloads.done > done) return;
      if (performance.now() > end) throw new Error(`${box} did not reload`);
      await sleep(20);
    }
  }

  /** Returns the process ids of the tiers of a site that is not supervised, by box and tier. */
  get pids(): ReadonlyMap<string, number> {
    return new Map([...this.#processes].map(([name, { pid }]) => [name, pid]));
  }

  /** Returns the status of the box's balancer; undefined while the balancer does not answer. */
  async status(box: Box): Promise<SiteStatus | undefined> {
    const url = `http://127.0.0.1:${this.ports[box].admin}/api/v1/status`;
    try {
      return (await (await fetch(url)).json()) as SiteStatus;
    } catch {
      return undefined;
    }
  }

  /** Waits until both balancers report a healthy site. Rejects when that takes more than 60 s. */
  async untilHealthy(): Promise<void> {
    const end = performance.now() + PATIENCE_MS;
    for (const box of BOXES) {
      for (;;) {
        const status = await this.status(box);
        if (status?.health === "healthy") break;
        if (performance.now() > end) throw new Error(this.#whatIsWrong(box, status));
        await sleep(50);
      }
    }
  }

  /** Runs `tandem status` for a box and returns its output and exit code. */
  async tandemStatus(box: Box): Promise<{ readonly code: number; readonly text: string }> {
    const words = [process.execPath, TANDEM, "status", "--config", this.file(box), "--box", box];
    // The shell prints the exit code, because `output` throws when a process ends with another code
    // than 0.
    const shell = ["sh", "-c", '"$@"; echo "exit $?"', "sh", ...words];
    const said = await (await Started.start(shell)).output(30);
    return { code: Number(/exit (\d+)\s*$/.exec(said)?.[1]), text: said };
  }

  /** Runs `tandem upgrade` for a supervised box. Rejects when it fails. */
  async upgrade(box: Box): Promise<void> {
    await this.#tandem("upgrade", box);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const box of BOXES) if (this.#processes.has(`${box} up`)) await this.#tandem("stop", box);
    for (const started of this.#processes.values()) {
      if (!started.ended) process.kill(started.pid, "SIGKILL");
      await started[Symbol.asyncDispose]();
    }
    await this.#cleanUp.disposeAsync();
  }

  async #up(box: Box): Promise<void> {
    const words = [process.execPath, TANDEM, "up", "--config", this.file(box), "--box", box];
    const started = await Started.start(words, { name: `${box} up`, env: COMPILED });
    this.#processes.set(`${box} up`, started);
    // One box after the other: processes that start at the same time make each other late.
    while (!(await accepts(this.ports[box].balancer))) {
      if (started.ended) throw new Error(`${box} did not start: ${started.complaint}`);
      await sleep(50);
    }
  }

  async #tandem(command: "upgrade" | "stop", box: Box): Promise<void> {
    const words = [process.execPath, TANDEM, command, "--config", this.file(box), "--box", box];
    await (await Started.start(words, { env: COMPILED })).output(120);
  }

  async #prepare(): Promise<void> {
    for (const part of ["files", "logs"]) mkdirSync(join(this.#folder, part));
    writeFileSync(join(this.#folder, "files/file.txt"), "file");
    for (const box of BOXES)
      writeFileSync(this.file(box), JSON.stringify(siteConfig(box, this.#options)));
    // The configuration files of both boxes name the same boxes and the same state folder, so
    // running `tandem prepare` once is enough.
    const words = [process.execPath, TANDEM, "prepare", "--config", this.file("box1")];
    await (await Started.start(words, { env: COMPILED })).output(60);
  }

  #process(tier: TierName, box: Box): Started {
    const started = this.#processes.get(`${box} ${tier}`);
    if (started === undefined) throw new Error(`${box} ${tier} was never started`);
    return started;
  }

  #whatIsWrong(box: Box, status: SiteStatus | undefined): string {
    const complaints = [...this.#processes].flatMap(([name, { complaint }]) =>
      complaint === "" ? [] : [`${name}: ${complaint}`],
    );
    const seen = status === undefined ? "no answer" : JSON.stringify(status.problems);
    return `the balancer of ${box} does not see a healthy site: ${seen}\n${complaints.join("\n")}`;
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

async function freePorts(): Promise<Ports> {
  const taken = new Set<number>();
  // The kernel may choose a port twice, because the first one is not in use yet.
  const port = async (): Promise<number> => {
    for (;;) {
      const chosen = await freePort();
      if (!taken.has(chosen)) {
        taken.add(chosen);
        return chosen;
      }
    }
  };
  const one = async () => ({
    balancer: await port(),
    webserver: await port(),
    appserver: await port(),
    admin: await port(),
    tcp: await port(),
  });
  return { box1: await one(), box2: await one() };
}
