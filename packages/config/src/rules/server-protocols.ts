// Rules about the protocol that a backend's servers are spoken to in: one key decides it, and keys of HTTP/2 need HTTP/2.
import type { Finding } from "../explain.ts";
import type { Facts } from "./facts.ts";

/** Refuses `proto` where `tls.alpn` decides, and `maxStreams` where no server is offered HTTP/2. */
export function* serverProtocolsAgree(facts: Facts): Iterable<Finding> {
  for (const { path, backend } of facts.backends()) {
    if (backend.mode === "tcp") continue; // another rule refuses these keys there
    const { proto, tls } = backend;
    const alpn = tls?.alpn;
    if (alpn !== undefined && facts.has([...path, "proto"]))
      yield {
        path: [...path, "proto"],
        side: "key",
        message:
          "'proto' has no effect beside 'tls.alpn', which lists the protocols that servers may choose from; remove one of the two",
      };
    const http2 = alpn === undefined ? proto === "h2" : alpn.includes("h2");
    if (!http2 && facts.has([...path, "maxStreams"]))
      yield {
        path: [...path, "maxStreams"],
        side: "key",
        message:
          "'maxStreams' is for HTTP/2, but the servers are spoken to in HTTP/1.1; add 'proto: h2', with TLS 'alpn: [h2, http/1.1]' in 'tls', or remove it",
      };
  }
}
