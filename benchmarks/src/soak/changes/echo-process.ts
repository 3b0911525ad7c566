// Servers behind the balancers that nothing restarts, in a process of their own: two each of HTTP, gRPC and TCP. All send
// back what they get: the body of a request while it arrives, the messages of a WebSocket or of a call, the bytes of a
// connection. The process writes its ports to stdout, as one line of JSON.
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { promisify } from "node:util";
import { Server as GrpcServer, ServerCredentials, type ServerDuplexStream } from "@grpc/grpc-js";
import { WebSocketServer } from "ws";
import { CONVERSE } from "./converse.ts";

/** Longer than a connection of the balancer stays idle. So the balancer closes it, and no request is lost. */
const KEEP_ALIVE_MS = 120_000;

function httpServer(): Server {
  const server = createHttpServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    request.on("error", () => undefined);
    response.flushHeaders(); // a stream of messages gets its answer before its end
    request.pipe(response);
  });
  new WebSocketServer({ server }).on("connection", (socket) => {
    socket.on("error", () => undefined);
    socket.on("message", (message, binary) => socket.send(message, { binary }));
  });
  return server;
}

function grpcServer(): Promise<number> {
  const server = new GrpcServer();
  server.addService(
    { converse: CONVERSE },
    {
      converse(call: ServerDuplexStream<Buffer, Buffer>) {
        call.on("error", () => undefined);
        call.on("data", (message: Buffer) => call.write(message));
        call.on("end", () => call.end());
      },
    },
  );
  const bind = promisify(server.bindAsync.bind(server));
  return bind("127.0.0.1:0", ServerCredentials.createInsecure());
}

function tcpServer(): Server {
  return createTcpServer({ noDelay: true }, (socket) => {
    socket.on("error", () => undefined);
    socket.pipe(socket);
  });
}

async function portOf(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

const http = [await portOf(httpServer()), await portOf(httpServer())];
const grpc = [await grpcServer(), await grpcServer()];
const tcp = [await portOf(tcpServer()), await portOf(tcpServer())];
console.log(JSON.stringify({ http, grpc, tcp }));
