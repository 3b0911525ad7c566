// http-proxy-3: the maintained successor of http-proxy.
import { createProxyServer } from "http-proxy-3";
import { agent, origin, serve } from "./setup.ts";

const proxy = createProxyServer({ target: origin, agent, xfwd: true });
proxy.on("error", (_error, _request, response) => response.destroy());
serve((request, response) => proxy.web(request, response));
