// What every answer tells the browser: run no script, load nothing from elsewhere, be in no frame.
import type { FastifyInstance } from "fastify";

const POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS = {
  "content-security-policy": POLICY,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
} as const;

const HSTS = "max-age=31536000";

export function addSecurityHeaders(app: FastifyInstance): void {
  app.addHook("onRequest", (request, reply, next) => {
    reply.headers(HEADERS);
    if (request.protocol === "https") reply.header("strict-transport-security", HSTS);
    next();
  });
}
