// The text that `tandem up` prints when everything runs: the site's address, the processes, how to trust the
// certificate, and how to stop.

import { isIP } from "node:net";
import { join, resolve } from "node:path";
import type { Config, FrontendConfig } from "@tandem/config";
import { palette } from "@tandem/telemetry/colors";
import { isPrepared, tlsFolder } from "../certificates/wanted.ts";
import { isEverywhere } from "../foreground/listen.ts";
import { shellWord } from "../shell-word.ts";
import type { TierReport } from "../supervisor.ts";
import { reachable } from "../topology.ts";
import { invocation, table } from "./terminal.ts";

/** Returns the summary for a machine on which the processes of `reports` run from `file`. */
export function summary(config: Config, file: string, reports: readonly TierReport[]): string {
  const { bold, dim } = palette();
  const edge = reports.some(({ tier }) => tier === "balancer");
  const rows = [["BOX", "TIER", "PID", "ADDRESS"]];
  for (const { box, tier, pid, addresses } of reports)
    rows.push([box, tier, String(pid ?? "-"), addresses.join(" ")]);
  const [head = "", ...body] = table(rows);
  return [
    "",
    ...(edge ? edgeLines(config, bold) : []),
    `  ${dim(head)}`,
    ...body.map((line) => `  ${line}`),
    "",
    ...(edge ? trustLines(config) : []),
    `  logs       ${config.telemetry.log.directory ?? "this terminal (telemetry.log.directory is not set)"}`,
    `  stop       Ctrl-C here, or elsewhere: ${stopFromAnywhere(file)}`,
    "",
  ].join("\n");
}

/**
 * Returns a stop command that works from any folder. In a clone of the repository, `tandem` is
 * called by a path relative to the current folder, so the stop command first changes to that
 * folder.
 */
function stopFromAnywhere(file: string): string {
  const command = invocation();
  const folder = command === "tandem" ? "" : `cd ${shellWord(process.cwd())} && `;
  return `${folder}${command} stop --config ${shellWord(resolve(file))}`;
}

function edgeLines(config: Config, bold: (text: string) => string): string[] {
  const site = publicFrontend(config);
  const admin = config.balancer?.admin?.bind;
  const lines = site === undefined ? [] : [`  site       ${bold(siteUrl(config.site, site))}`];
  if (admin !== undefined) lines.push(`  dashboard  ${bold(`http://${reachable(admin)}/`)}`);
  return [...lines, ...reachLines(config), ""];
}

/** Says that other machines reach what listens on every address, which a host name such as localhost does not show. */
function reachLines({ balancer }: Config): string[] {
  const frontends = Object.entries(balancer?.frontends ?? {}).map(([name, { bind }]) => ({
    name,
    bind,
  }));
  const admin = balancer?.admin?.bind;
  const all = [...frontends, ...(admin === undefined ? [] : [{ name: "admin", bind: admin }])];
  const open = all.filter(({ bind }) => isEverywhere(bind.host));
  const [first] = open;
  if (first === undefined) return [];
  const names = open.map(({ name, bind }) => `${name} (port ${bind.port})`).join(", ");
  const advice = `this machine alone: bind: "127.0.0.1:${first.bind.port}"`;
  return [
    `  reach      other machines can reach it on every address of this machine: ${names}; ${advice}`,
  ];
}

/**
 * Returns lines that say how to reach the site before DNS knows its name, and how to make a client
 * trust a certificate of the internal authority.
 */
function trustLines(config: Config): string[] {
  const site = publicFrontend(config);
  if (site?.tls === undefined) return [];
  const { port } = site.bind;
  const host = reachable(site.bind).replace(/:\d+$/, "");
  const url = siteUrl(config.site, site);
  const address = isIP(host.replace(/[[\]]/g, "")) === 0 ? "127.0.0.1" : host;
  const resolved = `--resolve ${config.site}:${port}:${address} ${url}`;
  if (!site.tls.certificates.every(({ cert }) => isPrepared(config, cert)))
    return [`  try it     curl ${resolved}`];
  const ca = join(tlsFolder(config), "ca.crt");
  const isLocal = address === "[::1]" || address === "127.0.0.1";
  return [
    `  try it     curl --cacert ${shellWord(ca)} ${resolved}`,
    `  browser    import ${ca} as a trusted authority, then open ${isLocal ? siteUrl("localhost", site) : url}`,
    `             (for ${config.site} itself, add '${address.replace(/[[\]]/g, "")} ${config.site}' to /etc/hosts)`,
  ];
}

/**
 * Returns the frontend for visitors: the first frontend with TLS. If no frontend has TLS, returns
 * the first frontend that does not redirect.
 */
function publicFrontend(config: Config): FrontendConfig | undefined {
  const all = Object.values(config.balancer?.frontends ?? {});
  return (
    all.find(({ tls }) => tls !== undefined) ?? all.find(({ redirect }) => redirect === undefined)
  );
}

function siteUrl(host: string, { tls, bind }: FrontendConfig): string {
  const [scheme, usual] = tls === undefined ? ["http", 80] : ["https", 443];
  return `${scheme}://${host}${bind.port === usual ? "" : `:${bind.port}`}/`;
}
