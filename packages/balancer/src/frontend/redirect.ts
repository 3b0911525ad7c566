// `redirect: { scheme: https, port: 8443 }`: the same host and path under another scheme and port.
import { hostName, type RequestHead } from "@tandem/http";
import type { KnowsHost } from "./redirect-hosts.ts";

/** Where a frontend sends its clients, and which hosts they may have asked for. */
export interface Redirect {
  readonly knows: KnowsHost;
  readonly scheme: "http" | "https";
  readonly port?: number | undefined;
  readonly status: number;
}

const DEFAULT_PORT = { http: 80, https: 443 } as const;

/** Where to; or the host that was asked for when it is none of the site's, "" when none was (HTTP/1.0). */
export function redirectLocation(
  head: RequestHead,
  { scheme, port, knows }: Redirect,
): { readonly location: string } | { readonly unknown: string } {
  const host = hostName(head.host);
  if (host === "" || !knows(host)) return { unknown: host };
  const target = port ?? DEFAULT_PORT[scheme];
  const suffix = target === DEFAULT_PORT[scheme] ? "" : `:${target}`;
  const path = head.target.startsWith("/") ? head.target : "/";
  return { location: `${scheme}://${host}${suffix}${path}` };
}
