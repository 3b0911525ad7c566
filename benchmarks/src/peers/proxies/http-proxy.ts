// http-proxy: the oldest and best-known proxy for Node.
import httpProxy from "http-proxy";
import { agent, origin, serve } from "./setup.ts";

const proxy = httpProxy.createProxyServer({ target: origin, agent, xfwd: true });
proxy.on("error", (_error, _request, response) => response.destroy());
serve((request, response) => proxy.web(request, response));
