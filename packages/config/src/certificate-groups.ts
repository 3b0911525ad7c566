// Lists the certificates that a configuration names, for the checks that open the files. A group is the certificates
// that one process shows to one kind of peer.
import type { Path } from "./document.ts";
import type { BackendConfig } from "./schema/backend.ts";
import type { FrontendConfig } from "./schema/balancer.ts";
import type { Config } from "./schema/config.ts";
import type { EdgeTls, InternalTls, ServerTlsConfig } from "./schema/tls.ts";

export interface CertificateGroup {
  readonly path: Path;
  readonly certificates: readonly {
    readonly path: Path;
    readonly cert: string;
    readonly key: string;
    /** The authority that must have signed the certificates of both sides; only with mutual TLS. */
    readonly ca?: string;
  }[];
  /**
   * `server`: a listener shows the certificates. `client`: a process shows the certificates to a
   * listener that it connects to.
   */
  readonly purposes: readonly ("server" | "client")[];
  /** The hosts for which one of the certificates should be valid; `*.d.test` = names below d.test. */
  readonly hosts: readonly string[];
  /** The files with which the listener verifies its clients; absent when it asks for no certificates. */
  readonly clients?: {
    readonly path: Path;
    readonly ca: string;
    readonly crl?: string | undefined;
  };
}

/** The part of a configuration whose certificates are listed: a whole file, or the section of one process. */
export type CertificateOwner = Partial<
  Pick<Config, "site" | "balancer" | "webserver" | "appserver" | "cluster">
>;

/**
 * Returns every certificate of the given sections. With `box`, returns only the certificates that
 * the processes of that box open, if `cluster.boxes` says which tiers the box runs. A route that
 * accepts any host adds the site's name to `hosts`.
 */
export function certificateGroups(
  owner: CertificateOwner,
  box?: string,
): readonly CertificateGroup[] {
  const { site, balancer, webserver, appserver, cluster } = owner;
  const runs = box === undefined ? undefined : cluster?.boxes[box];
  const groups: CertificateGroup[] = [];
  if (runs?.balancer !== false && balancer !== undefined) {
    for (const [name, { tls, routes, clientCertificates }] of Object.entries(balancer.frontends)) {
      const own = ["balancer", "frontends", name];
      const clients = clientCertificates && {
        clients: { ...clientCertificates, path: [...own, "clientCertificates"] },
      };
      if (tls !== undefined)
        groups.push({ ...edge([...own, "tls"], tls, routedHosts(routes, site)), ...clients });
    }
    for (const [name, { tls }] of Object.entries(balancer.backends))
      groups.push(...internal(["balancer", "backends", name, "tls"], tls, "client", []));
  }
  const named = (backends: readonly (BackendConfig | undefined)[]): readonly string[] =>
    box !== undefined && backends.some((backend) => backend?.servers[box] !== undefined)
      ? [box]
      : [];
  if (runs === undefined || runs.webserver !== undefined) {
    const hosts = named(Object.values(balancer?.backends ?? {}));
    groups.push(...internal(["webserver", "tls"], webserver?.tls, "server", hosts));
    const path = ["webserver", "edgeTls"];
    if (webserver?.edgeTls !== undefined) groups.push(edge(path, webserver.edgeTls, [site]));
    const upstream = webserver?.upstream?.tls;
    groups.push(...internal(["webserver", "upstream", "tls"], upstream, "client", []));
  }
  if (runs === undefined || runs.appserver !== undefined)
    groups.push(
      ...internal(["appserver", "tls"], appserver?.tls, "server", named([webserver?.upstream])),
    );
  return groups;
}

function edge(
  path: Path,
  { certificates }: EdgeTls,
  hosts: readonly (string | undefined)[],
): CertificateGroup {
  return {
    path,
    certificates: certificates.map((files, index) => ({
      ...files,
      path: [...path, "certificates", index],
    })),
    purposes: ["server"],
    hosts: [...new Set(hosts.filter((host) => host !== undefined))],
  };
}

/** Returns the hosts of some routes. One that accepts any host stands for the site. */
function routedHosts(
  routes: FrontendConfig["routes"],
  site: string | undefined,
): readonly (string | undefined)[] {
  const asked = routes.map(({ match }) => match?.host ?? "*");
  // A route's host is written as in a URL, an IPv6 address in brackets; a certificate has the address without them.
  return asked.map((host) =>
    host === "*" ? site : host.toLowerCase().replace(/^\[(.+)\]$/, "$1"),
  );
}

function internal(
  path: Path,
  tls: InternalTls | ServerTlsConfig | undefined,
  purpose: "server" | "client",
  hosts: readonly string[],
): CertificateGroup[] {
  if (tls?.cert === undefined || tls.key === undefined) return [];
  const { ca, cert, key } = tls;
  const files = { cert, key, ...(ca !== undefined && { ca }) };
  return [{ path, certificates: [{ ...files, path }], purposes: [purpose], hosts }];
}
