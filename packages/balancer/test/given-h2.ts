// Servers of HTTP/2 for end-to-end tests: node:http2, and a client of it.
import { once } from "node:events";
import http2 from "node:http2";
import type { AddressInfo, Socket } from "node:net";

export type Answers = (stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders) => void;

export interface H2Origin extends AsyncDisposable {
  readonly port: number;
  /** The sessions that are open. */
  readonly sessions: ReadonlySet<http2.ServerHttp2Session>;
  /** How many sessions were opened so far. */
  readonly opened: () => number;
  /** The paths of all requests that have come, except health checks. */
  readonly paths: string[];
}

/** Returns a server that answers health checks, and leaves other requests to `answer`. */
export async function givenH2Origin(
  answer: Answers,
  settings: http2.Settings = {},
  tls?: http2.SecureServerOptions,
): Promise<H2Origin> {
  // Beyond 10 MB of unsent answers node:http2 refuses streams by default.
  const options = { settings, maxSessionMemory: 1000 };
  const server =
    tls === undefined
      ? http2.createServer(options)
      : http2.createSecureServer({ ...options, ...tls });
  const sessions = new Set<http2.ServerHttp2Session>();
  const sockets = new Set<Socket>();
  let opened = 0;
  const paths: string[] = [];
  server.on(tls === undefined ? "connection" : "secureConnection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
  });
  server.on("session", (session) => {
    opened += 1;
    sessions.add(session);
    session.on("error", () => undefined);
    session.on("close", () => sessions.delete(session));
  });
  server.on("stream", (stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders) => {
    stream.on("error", () => undefined);
    const path = String(headers[":path"]);
    if (path === "/healthz") {
      stream.respond({ ":status": 200 });
      stream.end("ok");
      return;
    }
    paths.push(path);
    answer(stream, headers);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    sessions,
    opened: () => opened,
    paths,
    async [Symbol.asyncDispose]() {
      for (const session of sessions) session.destroy();
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

export interface H2Answer {
  readonly head: http2.IncomingHttpHeaders & { ":status"?: number };
  readonly body: string;
  readonly trailers: http2.IncomingHttpHeaders;
  readonly code: number;
}

export function openH2(
  port: number,
  options: http2.SecureClientSessionOptions = {},
  scheme = "http",
) {
  const session = http2.connect(`${scheme}://127.0.0.1:${port}`, options);
  session.on("error", () => undefined);
  return session;
}

export async function askH2(
  session: http2.ClientHttp2Session,
  fields: http2.OutgoingHttpHeaders = {},
  body?: string,
): Promise<H2Answer> {
  const stream = session.request(fields, { endStream: body === undefined });
  if (body !== undefined) stream.end(body);
  const answer = { head: {}, body: "", trailers: {}, code: 0 };
  stream.setEncoding("latin1");
  stream.on("response", (head) => Object.assign(answer.head, head));
  stream.on("trailers", (trailers) => Object.assign(answer.trailers, trailers));
  stream.on("data", (chunk: string) => {
    answer.body += chunk;
  });
  stream.on("error", () => undefined);
  await new Promise((resolve) => stream.once("close", resolve));
  answer.code = stream.rstCode ?? 0;
  return answer;
}
