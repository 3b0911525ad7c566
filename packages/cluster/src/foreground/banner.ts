// What `tandem proxy` and `tandem serve` say when they serve: the address, what is behind it, who can reach it, and how
// to try and trust it.
import { isIP } from "node:net";
import type { Address } from "@tandem/config";
import { palette } from "@tandem/telemetry/colors";
import { shellWord } from "../shell-word.ts";
import { isEverywhere, isLoopback } from "./listen.ts";
import type { LocalCertificates } from "./local-certificates.ts";

export interface Serving {
  readonly listen: Address;
  /** What is behind the address: servers, or a folder. */
  readonly leadsTo: string;
  /** Host names that are answered, and that no name server may know. */
  readonly hosts?: readonly string[];
  /** Lines that a person should see before the first request. */
  readonly warnings?: readonly string[];
  /** Undefined = plain HTTP. */
  readonly certificates: LocalCertificates | undefined;
}

/** Returns the text for stderr. `port` is the port that the tier listens on, which `--listen :0` leaves open. */
export function banner(serving: Serving, port: number): string {
  const { listen, leadsTo, hosts = [], warnings = [], certificates } = serving;
  const { bold, yellow } = palette(process.stderr);
  const host = isEverywhere(listen.host) ? "localhost" : (listen.host ?? "localhost");
  const url = urlOf(certificates === undefined ? "http" : "https", host, port);
  const wide = isLoopback(listen.host) ? [] : [reach(listen, port)];
  return [
    "",
    `  ${bold(url)} → ${leadsTo}`,
    ...[...wide, ...warnings].map((line) => yellow(`  ${line}`)),
    ...hosts.flatMap((name) => hostLines(name, url, listen)),
    ...(certificates === undefined ? [] : trustLines(certificates, url)),
    "  Ctrl-C finishes what runs, then stops",
    "",
  ].join("\n");
}

function urlOf(scheme: "http" | "https", host: string, port: number): string {
  const usual = { http: 80, https: 443 }[scheme];
  const written = isIP(host) === 6 ? `[${host}]` : host;
  return `${scheme}://${written}${port === usual ? "" : `:${port}`}/`;
}

/** Says that other machines reach a listener. */
function reach({ host }: Address, port: number): string {
  const where = isEverywhere(host) ? "on every address of this machine" : `on ${host}`;
  return `listens ${where}: other machines can reach it (this machine alone: --listen 127.0.0.1:${port})`;
}

/** Returns how to reach the listener by a name that no name server knows. */
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
