// Starts a balancer whose configuration file the test rewrites, and clients that send requests all the time.
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ConfigInput, loadConfig } from "@tandem/config";
import { openTelemetry, type Registry } from "@tandem/telemetry";
import { type Clock, systemClock, systemRng } from "@tandem/transport";
import { Pool } from "undici";
import { ControlPlane } from "../src/control/control-plane.ts";
import type { ReloadOutcome } from "../src/control/reloads.ts";
import { accessLines, CHECKED_ONCE, until } from "./given.ts";

export type Section = NonNullable<ConfigInput["balancer"]>;
export type Backend = Section["backends"][string];

/** Returns a `balancer` section with one frontend on a free port and servers on `ports`, with the test's changes. */
export function section(
  ports: Readonly<Record<string, number>>,
  backend: Partial<Backend> = {},
  rest: Partial<Section> = {},
): Section {
  const servers = Object.fromEntries(
    Object.entries(ports).map(([name, port]) => [name, { address: `127.0.0.1:${port}` }]),
  );
  return {
    threads: 1,
    frontends: { front: { bind: "127.0.0.1:0", routes: [{ backend: "web" }] } },
    backends: { web: { servers, check: CHECKED_ONCE, ...backend } },
    ...rest,
  };
}

/** Returns a port that is free at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return address !== null && typeof address === "object" ? address.port : 0;
}

export interface ReloadableBalancer extends AsyncDisposable {
  readonly plane: ControlPlane;
  readonly registry: Registry;
  /** Returns the lines of the application log with `message` in their message; waits for at least `count` of them. */
  said(message: string, count: number): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Writes the configuration file again, from an object or from a text. */
  write(section: Section | string): Promise<void>;
  /** Returns the lines of the access log so far; waits for at least `count` of them. */
  log(count: number): Promise<readonly string[]>;
  /** Writes the configuration file and lets the balancer reload it. */
  reload(section: Section | string): Promise<ReloadOutcome>;
}

export async function givenReloadable(
  section: Section,
  { clock = systemClock, level = "error" }: { clock?: Clock; level?: "error" | "info" } = {},
): Promise<ReloadableBalancer> {
  const directory = await mkdtemp(join(tmpdir(), "tandem-reload-"));
  const file = join(directory, "tandem.yaml");
  const write = (next: Section | string): Promise<void> => {
    const log = { directory, level };
    const whole = { site: "test", balancer: next, telemetry: { log } };
    return writeFile(file, typeof next === "string" ? next : JSON.stringify(whole, null, 2));
  };
  await write(section);
  const config = loadConfig(file);
  const read = () => {
    const { balancer } = loadConfig(file);
    if (balancer === undefined) throw new Error("the test's configuration has no balancer");
    return balancer;
  };
  const telemetry = openTelemetry(config.telemetry, { tier: "balancer", box: "test" }, systemClock);
  const { logger, registry } = telemetry;
  const plane = new ControlPlane({
    ...{ config: read(), telemetry: config.telemetry, box: "test", logger, registry },
    ...{ clock, rng: systemRng, reread: async () => read() },
  });
  await plane.start();
  return {
    ...{ plane, write, registry, log: (count) => accessLines(directory, count) },
    said: async (message, count) => {
      const told = async () => {
        const text = await readFile(join(directory, "balancer-test.log"), "utf8").catch(() => "");
        const lines = text.split("\n").slice(0, -1);
        return lines.filter((line) => line.includes(message)).map((line) => JSON.parse(line));
      };
      await until(async () => (await told()).length >= count);
      return told();
    },
    reload: async (next) => {
      await write(next);
      return plane.reload();
    },
    async [Symbol.asyncDispose]() {
      await plane.stop();
      await telemetry.close();
      await rm(directory, { recursive: true });
    },
  };
}

export interface Crowd {
  /** The number of answers with 200 so far. */
  readonly answered: number;
  /** The failures so far: a status, or the message of an error. */
  readonly failures: readonly string[];
  /** The number of requests in flight. */
  readonly inFlight: number;
  /** Resolves when a request has been sent for each path and all requests are answered. */
  ended(): Promise<void>;
  /** Stops sending requests. Resolves when the requests in flight are answered. */
  leave(): Promise<void>;
}

/**
 * Starts `clients` clients with kept connections. Each client sends its next request when it has the answer to the
 * last, until `paths` has no more paths.
 */
export function givenCrowd(
  port: number,
  clients: number,
  paths: Iterator<string> = Iterator.from(forEver("/")),
): Crowd {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: clients });
  const failures: string[] = [];
  let [answered, inFlight, leaving] = [0, 0, false];
  const ask = async (): Promise<void> => {
    for (let next = paths.next(); !leaving && next.done !== true; next = paths.next()) {
      inFlight += 1;
      try {
        const { statusCode, body } = await pool.request({ path: next.value, method: "GET" });
        await body.dump();
        if (statusCode === 200) answered += 1;
        else failures.push(String(statusCode));
      } catch (error) {
        failures.push(String(error));
      }
      inFlight -= 1;
    }
  };
  const all = Array.from({ length: clients }, ask);
  return {
    get answered() {
      return answered;
    },
    get inFlight() {
      return inFlight;
    },
    failures,
    ended: async () => {
      await Promise.all(all);
      await pool.close();
    },
    leave: async () => {
      leaving = true;
      await Promise.all(all);
      await pool.close();
    },
  };
}

function* forEver(path: string): Generator<string> {
  for (;;) yield path;
}
