// Exports the package's public names: sockets, TLS, timers, and the start and end of a process.
export { type Address, formatAddress, networkMatcher, plainAddress } from "./address.ts";
export { AfterReads, type ReadsDoneListener } from "./after-reads.ts";
export { cannotListen, refuseIfTaken } from "./cannot-listen.ts";
export { clientAddress } from "./client-address.ts";
export { type Clock, type Rng, systemClock, systemRng, type Timer } from "./clock.ts";
export { attach, type Session } from "./connection.ts";
export { type Deadline, Deadlines, type Expiring } from "./deadlines.ts";
export { descriptorLimit, descriptorLimitIn } from "./descriptors.ts";
export { type Drainable, drain, FRESH_MS } from "./drain.ts";
export { exhaustion } from "./exhaustion.ts";
export { giveBackMemory } from "./give-back.ts";
export { holdOpen, pause } from "./hold-open.ts";
export { Accepted, type Endpoint, type EndpointPair } from "./listener/accepted.ts";
export type { HelloRoute } from "./listener/hello.ts";
export { Listener, type ListenerOptions } from "./listener/listener.ts";
export { type PeekOptions, peekHello } from "./listener/peek-hello.ts";
export type { Preface, PrefaceEnd } from "./listener/preface.ts";
export type { ClientCertificate, TlsFacts } from "./listener/tls-facts.ts";
export { deliverBeforeEnd, readsOfTls } from "./listener/tls-reads.ts";
export type { Told, ToldTls } from "./listener/told.ts";
export { type Lookups, NameResolver } from "./name-resolver.ts";
export { type KnownNames, Names } from "./names.ts";
export { outliveWriteErrors } from "./outlive-write-errors.ts";
export { portHolders } from "./port-holders.ts";
export { acceptProxy } from "./proxy-protocol/accept-proxy.ts";
export {
  type Announced,
  clientHeader,
  type SentHeader,
  type SentTlv,
} from "./proxy-protocol/client-header.ts";
export type { ProxyVersion } from "./proxy-protocol/header.ts";
export { ownHeader, proxyHeader, type WrittenTlvs } from "./proxy-protocol/write.ts";
export { pseudonym } from "./pseudonym.ts";
export { type Holder, ReadBuffers, type Reader, SocketReads } from "./reads.ts";
export { logRefusal, RefusalLog } from "./refusal-log.ts";
export { allowReset } from "./reset.ts";
export { type CheckedMessage, complaintOf, runCheck } from "./run-check.ts";
export {
  type PingMessage,
  type ReadyMessage,
  type ReloadedMessage,
  type ReplacedMessage,
  type RunOptions,
  runService,
} from "./run-service.ts";
export type { Service } from "./service.ts";
export { type ServiceManager, serviceManager } from "./service-manager.ts";
export { startThread } from "./start-thread.ts";
export { systemLookups } from "./system-lookups.ts";
export { describeThrown } from "./thrown.ts";
export { canonicalName, namesOf } from "./tls/certificate.ts";
export type { CertificateFiles, InternalFiles } from "./tls/certificate-files.ts";
export { certificateHosts } from "./tls/certificate-names.ts";
export { CertificateWatch } from "./tls/certificate-watch.ts";
export type { ClientHello } from "./tls/client-hello.ts";
export { type EdgeSettings, edgeTls } from "./tls/edge.ts";
export { onHandshakeFailure } from "./tls/handshake-failures.ts";
export {
  findingsAt,
  type Inspection,
  inspectAll,
  type PlacedCertificate,
  type PlacedLists,
  settingOf,
} from "./tls/inspect-all.ts";
export { internalServerOptions } from "./tls/internal.ts";
export type { ListenerTls } from "./tls/listener-tls.ts";
export { lackingGroups } from "./tls/policy.ts";
export {
  REFUSAL_REASONS,
  type RefusalReason,
  type RefusedConnection,
} from "./tls/refusal.ts";
export { type ServerTls, type ServerTlsSettings, serverTls } from "./tls/to-servers.ts";
export { listValidityOf, type Validity, validityOf } from "./tls/validity.ts";
export type { ByteEnd, ByteEndListener, Closing } from "./tunnel/byte-end.ts";
export { SocketEnd } from "./tunnel/socket-end.ts";
export { openTunnel, type TunnelTimeouts } from "./tunnel/tunnel.ts";
export { type TurnClock, turnClock } from "./turn-clock.ts";
