// Starts the balancer under test as a process of its own.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../process/free-port.ts";
import { Started } from "../process/started.ts";
import { temporaryFolder } from "../process/temporary-folder.ts";

const ENTRY = join(import.meta.dirname, "../../../packages/balancer/bin/tandem-balancer.ts");

/** The fields of /api/v1/status that the soak test uses. */
interface Status {
  readonly threads: { readonly deaths: number };
  readonly reloads: { readonly done: number; readonly refusal: string };
  readonly frontends: readonly { readonly current: number; readonly requests: number }[];
  readonly backends: readonly {
    readonly retries: number;
    readonly servers: readonly { readonly inFlight: number }[];
  }[];
}

export interface RunningBalancer extends AsyncDisposable {
  readonly port: number;
  readonly process: Started;
  status(): Promise<Status>;
  /**
   * Makes the balancer reload with another configuration. Resolves when the reload is done; rejects
   * when the balancer refuses the configuration.
   */
  reload(config: ConfigText): Promise<void>;
}

/**
 * Makes the text of the configuration file. `port` is the port for traffic, and `admin` the port
 * for the status.
 */
export type ConfigText = (port: number, admin: number) => string;

/** Timeouts so short that they expire during a test. */
const SHORT = "{ client: 3s, httpRequest: 1s, httpKeepAlive: 3s, tunnel: 5s, clientFin: 1s }";

const config = (port: number, admin: number, origin: number, threads: number, timeouts: string) => `
site: soak
balancer:
  threads: ${threads}
  frontends:
    front:
      bind: 127.0.0.1:${port}
      routes: [{ backend: origin }]
      timeouts: ${timeouts}
  backends:
    origin:
      servers: { origin: { address: 127.0.0.1:${origin} } }
      check: false
      timeouts: { server: 5s, idle: 2s }
  admin: { bind: 127.0.0.1:${admin} }
telemetry: { log: { level: warn } }
`;

/** Starts the balancer in front of the server on `originPort`. Resolves when the balancer answers. */
export function startBalancer(
  originPort: number,
  threads: number,
  timeouts = SHORT,
): Promise<RunningBalancer> {
  return startConfigured((port, admin) => config(port, admin, originPort, threads, timeouts));
}

/**
 * Starts the balancer with the given configuration. Resolves when the balancer answers. `box` is
 * the name of the box that the balancer runs as; balancers that forward to each other get different
 * names.
 */
export async function startConfigured(written: ConfigText, box = "soak"): Promise<RunningBalancer> {
  const folder = temporaryFolder("soak");
  const [port, admin] = [await freePort(), await freePort()];
  const file = join(folder.path, "tandem.yaml");
  const boxes = `cluster: { boxes: { ${box}: { balancer: true } } }\n`;
  const write = (text: ConfigText): void => writeFileSync(file, text(port, admin) + boxes);
  write(written);
  const command = [globalThis.process.execPath, ENTRY, "--config", file, "--box", box];
  const process = await Started.start(command, { quiet: true });
  const status = async () =>
    (await (await fetch(`http://127.0.0.1:${admin}/api/v1/status`)).json()) as Status;
  while (!(await status().catch(() => undefined))) {
    if (process.ended) throw new Error(`the balancer did not start: ${process.complaint}`);
    await sleep(50);
  }
  let reloaded = Promise.resolve();
  const reload = async (next: ConfigText): Promise<void> => {
    const { done } = (await status()).reloads;
    write(next);
    globalThis.process.kill(process.pid, "SIGHUP");
    for (;;) {
      const { reloads } = await status();
      if (reloads.refusal !== "") throw new Error(`the reload was refused: ${reloads.refusal}`);
      if (reloads.done > done) return;
      await sleep(20);
    }
  };
  return {
    port,
    process,
    status,
    reload(next) {
      // One after the other: a reload that is asked for during another one would be taken for that one.
      const done = reloaded.then(() => reload(next));
      reloaded = done.catch(() => undefined);
      return done;
    },
    async [Symbol.asyncDispose]() {
      await process[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}
