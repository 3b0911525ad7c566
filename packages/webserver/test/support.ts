// Starts a webserver in the process of the test and stops it when the test ends. Also has clients:
// for exactly the given bytes, for a whole request, and one that does not read its answer at first.
import { connect, type Socket } from "node:net";
import { resolve } from "node:path";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import type { Upstream } from "@tandem/balancer/backend";
import { parseConfig } from "@tandem/config";
import type { Protocols } from "@tandem/front";
import { Lines, openTelemetry, type Telemetry } from "@tandem/telemetry";
import { Deadlines, systemClock } from "@tandem/transport";
import type { Test } from "tap";
import { Webserver } from "../src/index.ts";

/**
 * How many milliseconds the webserver's clock is ahead of the file system's clock. If both showed the same time, a
 * file that a test has just written would be too new to get a Last-Modified.
 */
const SETTLED_MS = 60_000;

export interface Running {
  readonly webserver: Webserver;
  readonly port: number;
  readonly telemetry: Telemetry;
  /** The lines of the access log so far. */
  readonly lines: readonly string[];
  /** Moves the webserver's clock forward. */
  pass(ms: number): void;
}

/**
 * Starts a webserver as box `box1` with the given `webserver` section. `protocols` are the protocols that its clients
 * may use.
 */
export async function start(
  t: Test,
  section: Readonly<Record<string, unknown>>,
  upstream?: Upstream,
  protocols?: Protocols,
): Promise<Running> {
  const text = JSON.stringify({ site: "test", webserver: { bind: "127.0.0.1:0", ...section } });
  const config = parseConfig(text, "test.yaml", {});
  let ahead = 0;
  const clock = {
    ...systemClock,
    now: () => systemClock.now() + ahead,
    wall: () => systemClock.wall() + SETTLED_MS + ahead,
  };
  const lines: string[] = [];
  const directory = resolve(t.testdirName);
  const log = { level: "error", directory, accessFormat: "http" } as const;
  const telemetry: Telemetry = {
    ...openTelemetry({ log }, { tier: "webserver", box: "box1" }, clock),
    accessLog: {
      write: (line) => void lines.push(line),
      record: (format, value) => {
        const out = new Lines();
        format(value, out);
        lines.push(out.bytes.toString());
      },
    },
  };
  const deadlines = new Deadlines(clock);
  const options = { config, box: "box1", telemetry, clock, deadlines };
  const webserver = new Webserver({ ...options, upstream, protocols });
  await webserver.start();
  t.teardown(async () => {
    await webserver.stop();
    await telemetry.close();
  });
  const port = Number(new URL(webserver.addresses()[0] ?? "").port);
  const pass = (ms: number) => {
    ahead += ms;
  };
  return { webserver, port, telemetry, lines, pass };
}

export interface Answer {
  readonly status: number;
  readonly fields: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** Sends the bytes unchanged and returns everything that the server sends until it closes. */
export async function raw(port: number, request: string): Promise<Buffer> {
  const socket = connect(port, "127.0.0.1");
  socket.write(request, "latin1");
  return buffer(socket);
}

/** Sends one request and returns the answer. */
export async function ask(
  port: number,
  path: string,
  fields: Readonly<Record<string, string>> = {},
  method = "GET",
): Promise<Answer> {
  const lines = Object.entries({ Host: "test", Connection: "close", ...fields });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return parse(await raw(port, `${method} ${path} HTTP/1.1\r\n${head}\r\n`));
}

/** Parses the first answer in `bytes`. All bytes after its head are returned as its body. */
export function parse(bytes: Buffer): Answer {
  const end = bytes.indexOf("\r\n\r\n");
  const [line = "", ...rest] = bytes.subarray(0, end).toString("latin1").split("\r\n");
  const fields = new Map(
    rest.map((field) => {
      const colon = field.indexOf(":");
      return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()] as const;
    }),
  );
  return { status: Number(line.split(" ")[1]), fields, body: bytes.subarray(end + 4) };
}

/** Returns the socket of a client that has sent a request and reads nothing until it is resumed. */
export async function slowReader(port: number, path: string): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1" });
  socket.pause();
  socket.write(`GET ${path} HTTP/1.1\r\nHost: test\r\n\r\n`);
  return socket;
}

/**
 * Waits until `holds` returns true. Throws after `ms` milliseconds; the message then has `what`.
 */
export async function until(what: string, holds: () => boolean, ms = 60_000): Promise<void> {
  const deadline = performance.now() + ms;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`did not happen within ${ms} ms: ${what}`);
    await sleep(10);
  }
}
