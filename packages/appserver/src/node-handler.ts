// Hosts an application that is a function for requests of node:http. Express, Koa and Hono's Node adapter make such
// functions. The application gets the original request and response of node:http: Fastify neither reads the body nor
// writes the answer.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

/**
 * An application that is a function for requests of node:http. If the function returns a promise, the host waits for
 * the promise.
 */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => unknown;

export interface NodeHandlerOptions {
  /** The largest request body, in bytes. */
  readonly bodyLimit: number;
  /** Returns the header fields that the tier adds to each answer. Called when a request comes. */
  ownFields(): Readonly<Record<string, string>>;
}

/** Makes `handler` answer every request that matches no route of `server`. */
export function mountNodeHandler(
  server: FastifyInstance,
  handler: NodeHandler,
  options: NodeHandlerOptions,
): void {
  server.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, _payload, parsed) => parsed(null));
    scope.all("/*", (request, reply) => hand(handler, request, reply, options));
    done();
  });
}

async function hand(
  handler: NodeHandler,
  request: FastifyRequest,
  reply: FastifyReply,
  { bodyLimit, ownFields }: NodeHandlerOptions,
): Promise<void> {
  const { raw } = reply;
  reply.hijack();
  for (const [name, value] of Object.entries(ownFields())) raw.setHeader(name, value);
  if (Number(request.headers["content-length"] ?? 0) > bodyLimit) {
    refuse(request.raw, raw, 413);
    return;
  }
  if (request.headers["transfer-encoding"] !== undefined) limitBody(request.raw, raw, bodyLimit);
  try {
    await handler(request.raw, raw);
  } catch (error) {
    request.log.error({ err: error }, "the application failed");
    if (raw.headersSent) raw.destroy();
    else refuse(request.raw, raw, 500);
  }
}

/**
 * Answers with `status` in place of the handler. The connection is then closed, because the rest of the body is not
 * read.
 */
function refuse(request: IncomingMessage, response: ServerResponse, status: number): void {
  response.writeHead(status, { "Content-Length": "0", Connection: "close" });
  response.end();
  response.once("finish", () => request.socket.destroySoon());
}

/**
 * Ends a request whose chunked body grows beyond `limit` bytes. The bytes are counted when Node's parser delivers them,
 * because reading the body here would take the bytes away from the handler. When the request is ended, the handler's
 * own reading fails.
 */
function limitBody(request: IncomingMessage, response: ServerResponse, limit: number): void {
  const push = request.push.bind(request);
  let seen = 0;
  request.push = (chunk: Buffer | null, encoding?: BufferEncoding): boolean => {
    seen += chunk?.length ?? 0;
    if (seen <= limit) return push(chunk, encoding);
    if (!response.headersSent) refuse(request, response, 413);
    request.destroy(new Error(`the request body is larger than ${limit} bytes`));
    return false;
  };
}
