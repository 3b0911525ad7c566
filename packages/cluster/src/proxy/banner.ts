// What `tandem proxy` says when it serves: the address, the servers, who can reach it, and how to try and trust it.
import { isIP } from "node:net";
import type { Address } from "@tandem/config";
import { palette } from "../cli/terminal.ts";
import { shellWord } from "../shell-word.ts";
import { isEverywhere, isLoopback } from "./addresses.ts";
import type { LocalCertificates } from "./local-certificates.ts";
import type { ProxyPlan } from "./proxy-file.ts";

/** Returns the text for stderr. `port` is the port that the balancer listens on, which `--listen :0` leaves open. */
export function banner(
  { listen, hosts, targets, algorithm }: ProxyPlan,
  certificates: LocalCertificates | undefined,
  port: number,
): string {
  const { bold, yellow } = palette(process.stderr);
  const host = isEverywhere(listen.host) ? "localhost" : (listen.host ?? "localhost");
  const url = urlOf(certificates === undefined ? "http" : "https", host, port);
  const chosen = algorithm === undefined ? "" : `, chosen by ${algorithm}`;
  return [
    "",
    `  ${bold(url)} → ${targets.map(({ address }) => address).join(", ")}${chosen}`,
    ...(isLoopback(listen.host) ? [] : [yellow(`  ${reach(listen, port)}`)]),
    ...hosts.flatMap((name) => hostLines(name, url, listen)),
    ...(certificates === undefined ? [] : trustLines(certificates, url)),
    "  Ctrl-C finishes what runs, then stops",
    "",
  ].join("\n");
}

/** Returns the URL of a listener. */
export function urlOf(scheme: "http" | "https", host: string, port: number): string {
  const usual = { http: 80, https: 443 }[scheme];
  const written = isIP(host) === 6 ? `[${host}]` : host;
  return `${scheme}://${written}${port === usual ? "" : `:${port}`}/`;
}

/** Says that other machines reach a listener. */
export function reach({ host }: Address, port: number): string {
  const where = isEverywhere(host) ? "on every address of this machine" : `on ${host}`;
  return `listens ${where}: other machines can reach it (this machine alone: --listen 127.0.0.1:${port})`;
}

/** Returns how to reach the balancer by a name that no name server knows. */
function hostLines(name: string, url: string, { host }: Address): readonly string[] {
  const { protocol, port } = new URL(url);
  const scheme = protocol === "https:" ? "https" : "http";
  const number = port === "" ? { http: 80, https: 443 }[scheme] : Number(port);
  const example = name.replace(/^\*/, "www");
  const address = isEverywhere(host) || isLoopback(host) ? "127.0.0.1" : host;
  return [
    `  also ${urlOf(scheme, example, number)}, where the name leads here: '${address} ${example}' in /etc/hosts, or`,
    `       curl --resolve ${example}:${number}:${address} …`,
  ];
}

function trustLines({ authority, fresh }: LocalCertificates, url: string): readonly string[] {
  const file = shellWord(authority);
  return [
    `  try it   curl --cacert ${file} ${url}`,
    `  trust    ${fresh ? "a local authority was made now; " : ""}import ${authority} as an authority in the browser, once;`,
    `           for all programs: sudo cp ${file} /usr/local/share/ca-certificates/tandem.crt && sudo update-ca-certificates`,
  ];
}
