// The configuration that `tandem proxy` runs, as text with comments. `tandem proxy … --print` prints it, as the first
// version of a file for `tandem up`.
import type { Address } from "@tandem/config";
import { formatAddress } from "@tandem/transport";
import type { PairPaths } from "../certificates/files.ts";
import type { Target } from "./targets.ts";

export interface ProxyPlan {
  readonly targets: readonly Target[];
  readonly listen: Address;
  /** The host names that are answered; empty = all. */
  readonly hosts: readonly string[];
  /** Undefined = the balancer's default. */
  readonly algorithm: string | undefined;
  /** The certificates to show, the one for clients that send no name first; empty = plain HTTP. */
  readonly certificates: readonly PairPaths[];
}

/** The hosts that are answered beside those of `--host`, so that the balancer can be tried on this machine. */
const LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"];

/** Returns the text of the file. The command words stand in its first line. */
export function proxyFile(plan: ProxyPlan, words: string): string {
  const site = plan.hosts[0]?.replace(/^\*\./, "") ?? "localhost";
  return [
    `# tandem.yaml, as '${words}' makes it; 'tandem up' runs it.`,
    `# Every key: docs/configuration.md, or docs/concepts/load-balancer.md to begin with.`,
    `site: ${quoted(site)}`,
    "balancer:",
    "  # How long running requests may take to finish after Ctrl-C.",
    "  drain: 10s",
    "  frontends:",
    "    web:",
    '      # "127.0.0.1:8080" is reached from this machine alone, "*:8080" from every machine.',
    `      bind: ${quoted(formatAddress(plan.listen))}`,
    ...tlsLines(plan),
    ...routeLines(plan),
    "  backends:",
    "    app:",
    ...balanceLines(plan),
    "      servers:",
    ...plan.targets.map(
      ({ name, address }) => `        ${quoted(name)}: { address: ${quoted(address)} }`,
    ),
    "      # A server is up while it accepts connections. 'http: { path: /healthz }' would ask for a page instead.",
    "      check: { interval: 1s, timeout: 1s, rise: 1, fall: 2 }",
    "  # A page with the state of the servers, metrics, and what 'tandem status' asks:",
    '  # admin: { bind: "127.0.0.1:8404" }',
    "telemetry:",
    "  # One JSON object per request; 'http' is HAProxy's line. 'directory: logs' writes files.",
    "  log: { accessFormat: json }",
    "",
  ].join("\n");
}

/** Writes `text` as YAML, in double quotes. `${` would be a variable of the file, so it is escaped. */
const quoted = (text: string): string => JSON.stringify(text.replaceAll("${", "$$${"));

function tlsLines({ certificates }: ProxyPlan): readonly string[] {
  if (certificates.length === 0) return [];
  return [
    "      # From the local authority of 'tandem proxy --https'; put a site's own certificate here.",
    "      tls:",
    "        certificates:",
    ...certificates.map(
      ({ cert, key }) => `          - { cert: ${quoted(cert)}, key: ${quoted(key)} }`,
    ),
  ];
}

function routeLines({ hosts, listen }: ProxyPlan): readonly string[] {
  if (hosts.length === 0) return ["      routes:", "        - { backend: app }"];
  const own = listen.host === undefined ? [] : [formatAddress(listen).replace(/:\d+$/, "")];
  const all = new Set([...hosts, ...LOCAL_HOSTS, ...own]);
  return [
    "      # A request for a host that is not here gets 404.",
    "      routes:",
    ...[...all].map((host) => `        - { match: { host: ${quoted(host)} }, backend: app }`),
  ];
}

function balanceLines({ algorithm }: ProxyPlan): readonly string[] {
  const line = `balance: { algorithm: ${algorithm ?? "least-conn"} }`;
  const comment = "      # How a server is chosen: docs/algorithms/README.md.";
  if (algorithm !== undefined) return [comment, `      ${line}`];
  return [`${comment} The default goes by the number of servers.`, `      # ${line}`];
}
