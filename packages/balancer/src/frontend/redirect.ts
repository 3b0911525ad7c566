// `redirect: { scheme: https, port: 8443 }`: the same host and path under another scheme and port.
import type { RequestHead } from "@tandem/http";
import { withoutPort } from "../route/router.ts";

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
  const host = withoutPort(head.host);
  if (host === "") return undefined;
  const target = port ?? DEFAULT_PORT[scheme];
  const suffix = target === DEFAULT_PORT[scheme] ? "" : `:${target}`;
  const path = head.path.startsWith("/") ? head.path : "/";
  return `${scheme}://${host}${suffix}${path}`;
}
