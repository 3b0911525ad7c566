// Reads bytes with another implementation of HTTP: the server of node:http and its parser (llhttp), without a socket.
import { createServer, type IncomingMessage, METHODS } from "node:http";
import { Duplex } from "node:stream";

/** A request as node:http understood it. */
export interface NodeRequest {
  readonly method: string;
  readonly path: string;
  readonly fields: readonly string[];
  readonly body: string;
  readonly trailers: readonly string[];
}

/** The methods that node:http knows. It refuses requests with other methods. */
export const NODE_METHODS: ReadonlySet<string> = new Set(METHODS);

interface Reading {
  readonly requests: NodeRequest[];
  refused: string | undefined;
}

const readings = new WeakMap<object, Reading>();

function listen(request: IncomingMessage, response: { end(text: string): unknown }): void {
  const reading = readings.get(request.socket);
  let body = "";
  request.on("error", () => undefined);
  request.on("data", (chunk: Buffer) => {
    body += chunk.toString("latin1");
  });
  request.on("end", () => {
    const { method = "", url = "", rawHeaders, rawTrailers } = request;
    reading?.requests.push({ method, path: url, fields: rawHeaders, body, trailers: rawTrailers });
    response.end("ok");
  });
}

const server = createServer({ maxHeaderSize: 256 * 1024, keepAliveTimeout: 0 }, listen);
server.on("checkContinue", listen);
server.on("checkExpectation", listen);
server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) => {
  const reading = readings.get(socket);
  if (reading !== undefined) reading.refused ??= error.code ?? error.message;
  socket.destroy();
});

/**
 * Resolves to the requests that node:http reads from `bytes`, and the reason if it refuses one. The connection ends
 * after these bytes.
 */
export async function nodeReads(bytes: string): Promise<Reading> {
  const reading: Reading = { requests: [], refused: undefined };
  const closed = Promise.withResolvers<void>();
  const connection = new Duplex({
    read() {},
    write: (_chunk, _encoding, done) => done(),
    destroy(_error, done) {
      closed.resolve();
      done(null);
    },
  });
  connection.on("error", () => undefined);
  readings.set(connection, reading);
  server.emit("connection", connection);
  connection.push(Buffer.from(bytes, "latin1"));
  connection.push(null);
  await closed.promise;
  return reading;
}
