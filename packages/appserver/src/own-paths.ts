// The paths that the tier itself answers, before the application sees the request: health, readiness and load.
// Readiness and load are answered only for the tier in front. When a client requests the path of readiness or load, the
// application answers.
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import {
  LOAD_FIELD,
  LOAD_PATH,
  READY_PATH,
  READY_TYPE,
  type Readiness,
  readyCode,
  readyText,
} from "@tandem/telemetry";
import { plainAddress } from "@tandem/transport";

export interface OwnPathsOptions {
  /** Whether TLS is on. With TLS, only peers with a certificate of the internal CA can send requests. */
  readonly tls: boolean;
  readonly trusts: (address: string) => boolean;
  /** The name of box and process, such as box1/app/4711. */
  readonly identity: string;
  draining(): boolean;
  readiness(): Promise<Readiness>;
  /** Returns a text that reports how busy this process is now. */
  load(): string;
}

interface OwnPath {
  readonly open: boolean;
  answer(response: ServerResponse, options: OwnPathsOptions): Promise<void>;
}

const PATHS: ReadonlyMap<string, OwnPath> = new Map([
  ["/healthz", { open: true, answer: answerHealth }],
  [READY_PATH, { open: false, answer: answerReadiness }],
  [LOAD_PATH, { open: false, answer: answerLoad }],
]);

/** Answers the tier's own paths, and passes all other requests to `handler`. */
export function ownPaths(handler: RequestListener, options: OwnPathsOptions): RequestListener {
  return (request, response) => {
    const path = PATHS.get(request.url ?? "");
    if (path === undefined || !(path.open || isDirect(request, options)))
      handler(request, response);
    else if (request.method === "GET" || request.method === "HEAD") {
      response.setHeader("cache-control", "no-store");
      void path.answer(response, options);
    } else response.writeHead(405, { allow: "GET, HEAD" }).end();
  };
}

/**
 * Whether the tier in front sent this request on its own behalf. A request of a client has come through a proxy, which
 * adds Via or X-Forwarded-For.
 */
function isDirect({ headers, socket }: IncomingMessage, { tls, trusts }: OwnPathsOptions): boolean {
  const neighbour = tls || trusts(plainAddress(socket.remoteAddress));
  return neighbour && headers.via === undefined && headers["x-forwarded-for"] === undefined;
}

/**
 * Answers the health request: 200 while this process takes requests, 503 while it drains. Nothing outside the process
 * is checked.
 */
async function answerHealth(response: ServerResponse, options: OwnPathsOptions): Promise<void> {
  response.statusCode = options.draining() ? 503 : 200;
  response.setHeader("content-type", "application/json; charset=utf-8");
  const { identity: server } = options;
  response.end(JSON.stringify({ status: options.draining() ? "draining" : "up", server }));
}

async function answerReadiness(response: ServerResponse, options: OwnPathsOptions): Promise<void> {
  const readiness = await options.readiness();
  response.statusCode = readyCode(readiness);
  response.setHeader("content-type", READY_TYPE);
  response.end(readyText(readiness, options.identity));
}

async function answerLoad(response: ServerResponse, options: OwnPathsOptions): Promise<void> {
  response.setHeader(LOAD_FIELD, options.load());
  response.writeHead(204).end();
}
