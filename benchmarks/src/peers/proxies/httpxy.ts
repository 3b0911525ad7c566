// httpxy: a new version of http-proxy, without dependencies.
import { createProxyServer } from "httpxy";
import { agent, origin, serve } from "./setup.ts";

const proxy = createProxyServer({ target: origin, agent, xfwd: true });
serve((request, response) => {
  proxy.web(request, response).catch(() => response.destroy());
});
