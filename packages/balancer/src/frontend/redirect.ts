// `redirect: { scheme: https, port: 8443 }`: the same host and path under another scheme and port.
import { hostName, type RequestHead } from "@tandem/http";

export interface Redirect {
  readonly scheme: "http" | "https";
  readonly port?: number | undefined;
  readonly status: number;
}

const DEFAULT_PORT = { http: 80, https: 443 } as const;

/** Undefined when the client did not say which host it wants (HTTP/1.0). */
export function redirectLocation(
  head: RequestHead,
  { scheme, port }: Redirect,
): string | undefined {
  const host = hostName(head.host);
  if (host === "") return undefined;
  const target = port ?? DEFAULT_PORT[scheme];
  const suffix = target === DEFAULT_PORT[scheme] ? "" : `:${target}`;
  const path = head.target.startsWith("/") ? head.target : "/";
  return `${scheme}://${host}${suffix}${path}`;
}
