// The hosts that a redirect may name. A redirect repeats the host that the client asked for.
// Without this check, a request with an attacker's host name in Host would be answered with a
// redirect to the attacker's host, and a cache could pass that redirect on to other clients.
import type { FrontendConfig } from "@tandem/config";
import { certificateHosts } from "@tandem/transport";
import { hostMatcher } from "../route/router.ts";

export type KnowsHost = (host: string) => boolean;

/**
 * Returns a function that says whether a redirect may name a host. It may name the hosts in `allowed` (the setting of
 * the redirect, to which the loader has added the site's names), the hosts that the routes of any frontend match, and
 * the hosts in the certificates.
 */
export function redirectHosts(
  allowed: readonly string[],
  frontends: Readonly<Record<string, FrontendConfig>>,
): KnowsHost {
  const all = Object.values(frontends);
  const routed = all.flatMap(({ routes }) =>
    routes.flatMap(({ match }) =>
      match?.host === undefined || match.host === "*" ? [] : [match.host],
    ),
  );
  const matchers = [...allowed, ...routed].map(hostMatcher);
  const certificates = all.flatMap(({ tls }) => tls?.certificates ?? []);
  const certified = certificateHosts(certificates.map(({ cert }) => cert));
  return (host) => matchers.some((matches) => matches(host)) || certified(host);
}
