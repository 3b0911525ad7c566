// A rule about the protocol that clients speak: keys of HTTP/2 need HTTP/2.
import type { Finding } from "../explain.ts";
import type { Facts } from "./facts.ts";

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
