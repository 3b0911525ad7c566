// Rules about the protocol that clients speak: one key decides it, and keys of HTTP/2 need HTTP/2.
import type { Finding } from "../explain.ts";
import type { Facts } from "./facts.ts";

/** Refuses `proto` where TLS negotiates the protocol. */
export function* clientProtocolsAgree(facts: Facts): Iterable<Finding> {
  for (const [name, { mode, tls }] of Object.entries(facts.config.balancer?.frontends ?? {})) {
    const path = ["balancer", "frontends", name, "proto"];
    if (mode === "tcp" || tls === undefined || !facts.has(path)) continue;
    yield {
      path,
      side: "key",
      message:
        "'proto' has no effect beside 'tls', whose 'alpn' lists the protocols that clients may choose from; remove it",
    };
  }
}

/** Refuses `http2` on a frontend whose clients cannot speak it. */
export function* http2IsSpoken(facts: Facts): Iterable<Finding> {
  for (const [name, frontend] of Object.entries(facts.config.balancer?.frontends ?? {})) {
    const { mode, proto, tls } = frontend;
    const path = ["balancer", "frontends", name, "http2"];
    if (mode === "tcp" || !facts.has(path)) continue; // another rule refuses the key in this mode
    if (tls === undefined ? proto === "h2" : tls.alpn.includes("h2")) continue;
    const missing = tls === undefined ? "'proto: h2'" : "'alpn: [h2, http/1.1]' in 'tls'";
    yield {
      path,
      side: "key",
      message: `'http2' bounds clients of HTTP/2, which this frontend does not offer; add ${missing}, or remove it`,
    };
  }
}
