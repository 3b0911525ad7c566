// Requests to a site under test, over TLS or plain, each on a connection of its own.
import { type IncomingHttpHeaders, request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import WebSocket from "ws";
import type { Received } from "./app-server.ts";

export const HOST = "www.example.com";
const WITHIN_MS = 20_000;

/** Where a site can be reached, and the authority of its certificate. */
export interface SiteAddress {
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly ca: string;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Whether the request goes to the port for plain HTTP. */
  readonly plain?: boolean;
  /** The client's own address, such as 127.0.7.1; the kernel's choice by default. */
  readonly from?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Sends a request to `path` and returns the whole answer. Fails when there is none within 20 s. */
export function ask(site: SiteAddress, path: string, asked: Asked = {}): Promise<Answer> {
  const { method = "GET", headers = {}, body, plain = false, from } = asked;
  const options = {
    ...{ host: "127.0.0.1", path, method, agent: false as const },
    headers: { host: HOST, ...headers },
    signal: AbortSignal.timeout(WITHIN_MS),
    ...(from === undefined ? {} : { localAddress: from }),
  };
  return new Promise((resolve, reject) => {
    const request = plain
      ? plainRequest({ ...options, port: site.httpPort })
      : tlsRequest({ ...options, port: site.httpsPort, servername: HOST, ca: site.ca });
    request.on("error", reject);
    request.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
    });
    request.end(body);
  });
}

/** Returns what the application server was sent. Throws when the answer does not come from one. */
export function received({ status, body }: Answer): Received {
  if (status !== 200) throw new Error(`the answer is ${status}, expected 200: ${body}`);
  return JSON.parse(body) as Received;
}

/** Returns the name of the application server that answers a GET of `path`. */
export async function serverOf(site: SiteAddress, path: string, asked?: Asked): Promise<string> {
  return received(await ask(site, path, asked)).server;
}

/**
 * Opens a WebSocket at `path`, sends `messages`, and returns what came back: the name of the server, then the messages.
 */
export async function echoes(
  site: SiteAddress,
  path: string,
  messages: readonly string[],
): Promise<string[]> {
  const socket = new WebSocket(`wss://127.0.0.1:${site.httpsPort}${path}`, {
    ...{ servername: HOST, ca: site.ca, headers: { host: HOST } },
    handshakeTimeout: WITHIN_MS,
  });
  const got: string[] = [];
  await new Promise<void>((resolve, reject) => {
    socket.on("error", reject);
    socket.on("close", () => reject(new Error(`closed after ${got.join(", ")}`)));
    socket.on("open", () => {
      for (const message of messages) socket.send(message);
    });
    socket.on("message", (data) => {
      got.push(String(data));
      if (got.length === messages.length + 1) resolve();
    });
  });
  socket.terminate();
  return got;
}
