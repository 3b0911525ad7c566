// @fastify/http-proxy: Fastify's router in front, and undici for connections to the server.
import fastifyHttpProxy from "@fastify/http-proxy";
import { fastify } from "fastify";
import { certificate, httpOptions, origin, setup } from "./setup.ts";

const app = fastify({
  bodyLimit: 1 << 30,
  keepAliveTimeout: httpOptions.keepAliveTimeout,
  https: certificate() ?? null,
});
await app.register(fastifyHttpProxy, {
  upstream: origin,
  undici: { connections: 1024, pipelining: 1 },
  replyOptions: {
    rewriteRequestHeaders: (request, fields) => ({ ...fields, "x-forwarded-for": request.ip }),
  },
});
await app.listen({ port: setup.port, host: "127.0.0.1", backlog: 4096 });
