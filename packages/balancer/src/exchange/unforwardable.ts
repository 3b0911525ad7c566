// Requests that no server may get: their methods are not for origin servers, or a protocol on the way cannot carry them.
// gRPC needs the trailers and the streams of HTTP/2 on
// both sides of the balancer.
import type { BackendConfig } from "@tandem/config";
import { callsGrpc, type RequestHead, versionText } from "@tandem/http";
import type { ProxyErrorCode } from "./proxy-error.ts";

interface Unforwardable {
  readonly code: ProxyErrorCode;
  readonly why: string;
}

/** Returns why no server of the backend may get the request; undefined when one may. */
export function unforwardable(head: RequestHead, config: BackendConfig): Unforwardable | undefined {
  const { method, version } = head;
  if (method === "CONNECT" || method === "TRACE") {
    return { code: "not-allowed", why: `${method} is not forwarded` };
  }
  if (!callsGrpc(head)) return undefined;
  if (version < 20) {
    const why = `a call of gRPC over HTTP/${versionText(version)}, it needs HTTP/2`;
    return { code: "grpc-over-http1", why };
  }
  if (speaksHttp2(config)) return undefined;
  const why = "a call of gRPC, and the backend's servers get HTTP/1.1; set proto: h2";
  return { code: "grpc-to-http1", why };
}

/** Returns whether the servers are spoken to in HTTP/2, or may choose it. */
function speaksHttp2({ proto, tls }: BackendConfig): boolean {
  return proto === "h2" || tls?.alpn?.includes("h2") === true;
}
