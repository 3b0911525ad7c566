// A normal client beside an attack: one request after the other on one kept connection, at a low rate, so that what it
// measures is how long it waits for the proxy.
import http2 from "node:http2";
import { setTimeout as sleep } from "node:timers/promises";
import { ClientConnection, requestBytes } from "../load/client-connection.ts";
import { Latencies } from "../load/latencies.ts";
import { BODY_BYTES } from "../origin/answers.ts";

export interface NormalResult {
  readonly requests: number;
  /** What went wrong, and how often. */
  readonly errors: Readonly<Record<string, number>>;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Sends one request, and resolves to its fault in words; "" for none. */
type Ask = () => Promise<string>;

const PATH = "/small";
const EXPECTED = BODY_BYTES[PATH] ?? 0;
const PAUSE_MS = 4;

/** Sends requests to `port` in this protocol until `goesOn` returns false. */
export async function normalClient(
  protocol: "h1" | "h2",
  port: number,
  goesOn: () => boolean,
): Promise<NormalResult> {
  const latencies = new Latencies();
  const errors: Record<string, number> = {};
  const client = protocol === "h1" ? http1(port) : overHttp2(port);
  try {
    while (goesOn()) {
      const since = performance.now();
      const wrong = await client.ask();
      if (wrong === "") latencies.add(performance.now() - since);
      else errors[wrong] = (errors[wrong] ?? 0) + 1;
      await sleep(PAUSE_MS);
    }
  } finally {
    client.close();
  }
  const { p50Ms, p99Ms } = latencies.percentiles();
  return { requests: latencies.count, errors, p50Ms, p99Ms };
}

interface Client {
  readonly ask: Ask;
  close(): void;
}

function http1(port: number): Client {
  const job = {
    ...{ port, tls: false, path: PATH, method: "GET" as const, uploadBytes: 0 },
    ...{ expectBytes: EXPECTED, connections: 1, seconds: 0, newConnections: false },
  };
  const bytes = requestBytes(job);
  let connection = new ClientConnection(job);
  const ask: Ask = () => {
    if (!connection.open) connection = new ClientConnection(job);
    return new Promise((resolve) => connection.send(bytes, resolve));
  };
  return { ask, close: () => connection.close() };
}

function overHttp2(port: number): Client {
  const open = (): http2.ClientHttp2Session => {
    const session = http2.connect(`http://127.0.0.1:${port}`);
    session.on("error", () => undefined);
    return session;
  };
  let session = open();
  const ask: Ask = () => {
    if (session.closed || session.destroyed) session = open();
    return http2Answer(session);
  };
  return { ask, close: () => session.destroy() };
}

function http2Answer(session: http2.ClientHttp2Session): Promise<string> {
  const stream = session.request({ ":path": PATH });
  let status = 0;
  let bytes = 0;
  let wrong = "";
  stream.on("response", (head) => {
    status = head[":status"] ?? 0;
  });
  stream.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
  });
  stream.on("error", (error: NodeJS.ErrnoException) => {
    wrong = error.code ?? error.message;
  });
  return new Promise((resolve) => {
    stream.once("close", () => {
      if (wrong === "" && (status !== 200 || bytes !== EXPECTED)) {
        wrong = `status ${status}, ${bytes} bytes`;
      }
      resolve(wrong);
    });
  });
}
