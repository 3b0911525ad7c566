// Passes bytes from one socket to the other without parsing them. No proxy on node:net can cost less.
import { connect, createServer, type Socket } from "node:net";
import { connect as connectTls, createServer as createTlsServer } from "node:tls";
import { SERVER_NAME } from "../peer.ts";
import { certificate, originCertificate, setup } from "./setup.ts";

function relay(from: Socket, to: Socket): void {
  from.on("data", (chunk) => {
    if (!to.write(chunk)) from.pause();
  });
  to.on("drain", () => from.resume());
  from.on("end", () => to.end());
  from.on("error", () => to.destroy());
  from.on("close", () => to.destroy());
}

const to = { host: "127.0.0.1", port: setup.originPort, noDelay: true };
const verified = originCertificate();

function connectToServer(): Socket {
  return verified === undefined
    ? connect(to)
    : connectTls({ ...to, ...verified, servername: SERVER_NAME });
}

function splice(client: Socket): void {
  const server = connectToServer();
  relay(client, server);
  relay(server, client);
}

const tls = certificate();
const options = { noDelay: true };
const server =
  tls === undefined
    ? createServer(options, splice)
    : createTlsServer({ ...options, ...tls }, splice);
server.listen({ port: setup.port, host: "127.0.0.1", backlog: 4096 });
