// The schema of tandem.yaml, the loader that validates a file with it, and the loader's error messages. The schema itself is
// the entry `./schema`, so that the types of this entry do not need zod.
export {
  type CertificateGroup,
  type CertificateOwner,
  certificateGroups,
} from "./certificate-groups.ts";
export type { Finding } from "./explain.ts";
export { configJsonSchema } from "./json-schema.ts";
export { type LoadOptions, loadConfig, parseConfig } from "./load.ts";
export { type NamedFile, namedFiles } from "./named-files.ts";
export { nearest } from "./nearest.ts";
export { placeFindings } from "./place-findings.ts";
export { ConfigError, type ConfigProblem, formatProblems } from "./problem.ts";
export { PROXY_ALLOWANCE } from "./proxy-allowance.ts";
export { configIntroduction, configReference, configSections } from "./reference.ts";
export type { AppserverConfig } from "./schema/appserver.ts";
export type { BackendConfig, ServerConfig } from "./schema/backend.ts";
export {
  BALANCE_ALGORITHMS,
  type BalanceAlgorithm,
  type BalanceConfig,
  BELONGS,
  RAMPING,
} from "./schema/balance.ts";
export type {
  BalancerConfig,
  ClientTimeouts,
  FrontendConfig,
  LimitsConfig,
} from "./schema/balancer.ts";
export type { CheckConfig, CheckKind } from "./schema/check.ts";
export type { BoxConfig, ClusterConfig } from "./schema/cluster.ts";
export type { Config, ConfigInput } from "./schema/config.ts";
export type { Http2Config } from "./schema/http2.ts";
export type { SumoLogicConfig, TelemetryConfig } from "./schema/telemetry.ts";
export type { EdgeTls, HstsConfig, InternalTls, ServerTlsConfig } from "./schema/tls.ts";
export { type Address, parseAddress } from "./schema/units.ts";
export type { LocationConfig, WebserverConfig } from "./schema/webserver.ts";
export { probableState } from "./state-folder.ts";
export { loadForBox } from "./this-box.ts";
