// The configuration of the balancer in a phase.
import type { ConfigText } from "../soak/balancer.ts";

export interface Balance {
  readonly algorithm: "round-robin" | "least-conn" | "random";
  readonly weights: readonly number[];
}

export interface PhaseConfig {
  readonly ports: readonly number[];
  readonly balance: Balance;
  readonly maxConnections: number;
  /** Where the log goes. */
  readonly folder: string;
}

/** The balancer's access log is this file of the folder. */
export const ACCESS_LOG = "balancer-site.access.log";
export const BOX = "site";

export function configOf({ ports, balance, maxConnections, folder }: PhaseConfig): ConfigText {
  const servers = ports.map(
    (port, i) =>
      `        box${i + 1}: { address: 127.0.0.1:${port}, weight: ${balance.weights[i] ?? 1}, maxConnections: ${maxConnections} }`,
  );
  return (port, admin) => `
site: advise-check
balancer:
  threads: 1
  frontends:
    front:
      bind: 127.0.0.1:${port}
      routes: [{ backend: web }]
  backends:
    web:
      balance: { algorithm: ${balance.algorithm} }
      servers:
${servers.join("\n")}
      check: false
      timeouts: { idle: 30s }
      maxIdle: 512
  admin: { bind: 127.0.0.1:${admin} }
telemetry: { log: { level: warn, accessFormat: json, directory: ${folder} } }
`;
}
