// Requests that no server may get: their methods are not for origin servers, or a protocol on the way cannot carry them.
// gRPC needs the trailers and the streams of HTTP/2.
import { callsGrpc, type RequestHead, versionText } from "@tandem/http";
import type { ProxyErrorCode } from "./proxy-error.ts";

interface Unforwardable {
  readonly code: ProxyErrorCode;
  readonly why: string;
}

/** Returns why no server may get the request; undefined when one may. */
export function unforwardable(head: RequestHead): Unforwardable | undefined {
  const { method, version } = head;
  if (method === "CONNECT" || method === "TRACE") {
    return { code: "not-allowed", why: `${method} is not forwarded` };
  }
  if (version === 20 || !callsGrpc(head)) return undefined;
  const why = `a call of gRPC over HTTP/${versionText(version)}, it needs HTTP/2`;
  return { code: "grpc-over-http1", why };
}
