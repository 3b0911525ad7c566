// Hooks in place of http-proxy's options: changeOrigin, path rewriting, autoRewrite, cookieDomainRewrite.
import type { Hooks } from "@tandem/balancer";

export const rewrites: Hooks = {
  request(request) {
    request.fields.set("Host", "app.internal"); // changeOrigin: true
    const { path, target } = request; // `path` is normalized, for decisions; `target` is as the client wrote it
    if (path.startsWith("/api/")) {
      request.path = (target.startsWith("/api/") ? target : path).slice("/api".length);
    }
  },

  response({ fields }, request) {
    const location = fields.get("Location"); // autoRewrite, protocolRewrite
    if (location?.startsWith("http://app.internal/")) {
      const { pathname, search } = new URL(location);
      fields.set("Location", `${request.client.scheme}://${request.host}${pathname}${search}`);
    }
    const cookies = fields.all("Set-Cookie"); // cookieDomainRewrite: ""
    fields.remove("Set-Cookie");
    for (const cookie of cookies) fields.add("Set-Cookie", cookie.replace(/;\s*Domain=[^;]*/i, ""));
  },
};
