// Which hosts a redirect may name. A redirect repeats the host that the client asked for, and an attacker
// who can make a client or a cache ask with a host of theirs would else have us send it there.
import type { FrontendConfig } from "@tandem/config";
import { certificateHosts } from "@tandem/transport";
import { hostMatcher } from "../route/router.ts";

export type KnowsHost = (host: string) => boolean;

/**
 * The names of the site: those the redirect allows (the loader has put the site's there), those that routes of any
 * frontend match, and those its certificates are for.
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
