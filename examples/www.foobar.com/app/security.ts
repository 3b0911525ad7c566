// Adds fields to every answer. They tell the browser to run no script, to load nothing from other sites, and to show
// no page in a frame.
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

/**
 * HSTS is sent only where https answers on its standard port. HSTS makes a browser turn
 * http://site:8080 into https://site:8080 (RFC 6797 §8.3 keeps the port), and on a developer's
 * machine port 8080 speaks no TLS.
 */
const HSTS = "max-age=31536000";
const HTTPS_PORT = "443";

export function addSecurityHeaders(app: FastifyInstance): void {
  app.addHook("onRequest", (request, reply, next) => {
    reply.headers(HEADERS);
    const atHttpsPort = request.headers["x-forwarded-port"] === HTTPS_PORT;
    if (request.protocol === "https" && atHttpsPort)
      reply.header("strict-transport-security", HSTS);
    next();
  });
}
