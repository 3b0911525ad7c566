// The certificates that are shown to browsers, chosen by the server name in the ClientHello (RFC 6066 §3). A
// certificate with the exact name takes precedence over a certificate with a wildcard, whatever their order. When
// several certificates match, one per key type (RSA, ECDSA) is used, so that every client gets a type it supports.
import { X509Certificate } from "node:crypto";
import { createSecureContext, type TlsOptions } from "node:tls";
import type { HandshakeLimits } from "../listener/handshake-slots.ts";
import { canonicalName, namesOf } from "./certificate.ts";
import { type CertificateFiles, readPem } from "./certificate-files.ts";
import { type ClientCertificateSettings, clientVerification } from "./client-verification.ts";
import { inspectCertificate } from "./inspect.ts";
import type { ListenerTls } from "./listener-tls.ts";
import { type PolicySettings, type ProtocolOptions, protocolOptions } from "./policy.ts";
import { sessionContext } from "./session-context.ts";

export interface EdgeSettings extends PolicySettings {
  readonly certificates: readonly CertificateFiles[];
  readonly alpn: readonly string[];
  /** What becomes of a client that asks for no name, or for one that no certificate is for; `default` when absent. */
  readonly unknownNames?: "default" | "reject" | undefined;
  /** How many handshakes may be under way at once; any number when absent. */
  readonly maxHandshakes?: number | undefined;
  /** How many of them may be from one client; any number when absent. */
  readonly maxHandshakesPerAddress?: number | undefined;
  /** The certificates that clients are asked for. */
  readonly clientCertificates?: ClientCertificateSettings | undefined;
}

/** A certificate and its key, as the text of their files. */
interface Pair {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly names: readonly string[];
  /** The type of the key: `rsa`, `ec` and so on. OpenSSL keeps one certificate of each type in a context. */
  readonly kind: string;
}

/**
 * Reads the certificates of a listener for browsers. `setting` is the key of the settings, for messages, and
 * `clientSetting` the one of `clientCertificates`. Throws when a file cannot be read, or when a key does not match its
 * certificate.
 */
export function edgeTls(
  settings: EdgeSettings,
  setting = "tls",
  clientSetting = "clientCertificates",
): ListenerTls {
  const protocol = protocolOptions(settings);
  const verification = clientVerification(settings.clientCertificates, clientSetting);
  const pairs = settings.certificates.map((files, index) =>
    readPair(files, `${setting}.certificates[${index}]`, protocol),
  );
  const [first] = pairs;
  if (first === undefined) throw new Error(`${setting}.certificates: expected at least one`);
  const sets = new Map<string, TlsOptions>();
  /** For each set of certificates, the names in them. */
  const bearers = new Map<TlsOptions, ReadonlyMap<string, true>>();
  /**
   * Returns the TLS options with the certificates in `chosen`. Names with the same certificates share one options
   * object.
   */
  const optionsOf = (chosen: readonly Pair[]): TlsOptions => {
    const key = chosen.map((pair) => pairs.indexOf(pair)).join();
    const known = sets.get(key);
    if (known !== undefined) return known;
    const options = { ...serverOptions(chosen, settings, protocol), ...verification.options };
    options.sessionIdContext = sessionContext(
      ...[protocol.minVersion, protocol.ciphers, ...verification.terms],
    );
    sets.set(key, options);
    bearers.set(options, new Map(chosen.flatMap(({ names }) => names.map((name) => [name, true]))));
    return options;
  };
  const named = new Map<string, TlsOptions>();
  for (const name of new Set(pairs.flatMap(({ names }) => names)))
    named.set(name, optionsOf(oneOfEachKind(pairs, name)));
  const fallback = named.get(first.names[0] ?? "") ?? optionsOf([first]);
  const find = (name: string) => lookUp(named, canonicalName(name));
  const shared = { fallback, limits: limitsOf(settings), clientValidity: verification.validity };
  const rejectUnknown = settings.unknownNames === "reject";
  if (sets.size === 1) return rejectUnknown ? { ...shared, rejectUnknown, byName: find } : shared;
  return {
    ...{ ...shared, rejectUnknown, byName: find },
    belongsElsewhere(name, host) {
      const own = bearers.get(find(name) ?? fallback);
      return own !== undefined && lookUp(own, host) === undefined && find(host) !== undefined;
    },
  };
}

function limitsOf(settings: EdgeSettings): HandshakeLimits | undefined {
  const { maxHandshakes, maxHandshakesPerAddress } = settings;
  if (maxHandshakes === undefined && maxHandshakesPerAddress === undefined) return undefined;
  return {
    atOnce: maxHandshakes ?? Number.POSITIVE_INFINITY,
    perAddress: maxHandshakesPerAddress ?? Number.POSITIVE_INFINITY,
  };
}

/**
 * Looks up the exact name, or if there is none, the wildcard that covers the name. `.d.test` has an empty first label,
 * so no wildcard covers it.
 */
function lookUp<T>(named: ReadonlyMap<string, T>, name: string): T | undefined {
  const exact = named.get(name);
  if (exact !== undefined) return exact;
  const dot = name.indexOf(".");
  return dot > 0 ? named.get(`*${name.slice(dot)}`) : undefined;
}

/** Returns the first certificate of each key type that is valid for a name, in the order of the configuration file. */
function oneOfEachKind(pairs: readonly Pair[], name: string): readonly Pair[] {
  const bearing = pairs.filter(({ names }) => names.includes(name));
  return bearing.filter((pair) => bearing.find(({ kind }) => kind === pair.kind) === pair);
}

function readPair(files: CertificateFiles, setting: string, protocol: ProtocolOptions): Pair {
  const cert = readPem(files.cert, `${setting}.cert`);
  const key = readPem(files.key, `${setting}.key`);
  try {
    createSecureContext({ cert, key, ...protocol });
    const certificate = new X509Certificate(cert);
    const kind = certificate.publicKey.asymmetricKeyType ?? "unknown";
    return { cert, key, names: namesOf(certificate), kind };
  } catch (error) {
    const found = inspectCertificate(files, []).findings.find(({ level }) => level === "stops");
    if (found !== undefined) throw new Error(`${setting}.${found.at}: ${found.message}`);
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(
      `${setting}: ${files.cert} and ${files.key} do not make a certificate (${why})`,
    );
  }
}

function serverOptions(
  pairs: readonly Pair[],
  { alpn }: EdgeSettings,
  protocol: ProtocolOptions,
): TlsOptions {
  return {
    ...protocol,
    cert: pairs.map(({ cert }) => cert),
    key: pairs.map(({ key }) => key),
    ALPNProtocols: [...alpn],
  };
}
