// TLS versions, ciphers and groups. The policies are Mozilla's "modern" and "intermediate" (Server Side TLS 5.7),
// without the suites of finite-field Diffie-Hellman. No browser that the intermediate policy is meant for needs those
// suites, and they cost a server ten times as much as suites with elliptic curves.
import { constants } from "node:crypto";
import { createSecureContext } from "node:tls";

export type TlsVersion = "TLSv1.2" | "TLSv1.3";
export type TlsPolicy = "modern" | "intermediate";

/** The operator's settings. Settings that are left out come from the policy. */
export interface PolicySettings {
  readonly policy: TlsPolicy;
  readonly minVersion?: TlsVersion | undefined;
  /**
   * The ciphers of TLS 1.2 and 1.3, by OpenSSL's names. If the list names no cipher of a version, the policy's ciphers
   * of that version are used.
   */
  readonly ciphers?: readonly string[] | undefined;
  readonly curves?: readonly string[] | undefined;
}

/** The protocol settings as Node's TLS options. */
export interface ProtocolOptions {
  readonly minVersion: TlsVersion;
  readonly ciphers: string;
  readonly ecdhCurve: string;
  /** Whether the server's order of preference is used instead of the client's. */
  readonly honorCipherOrder: boolean;
  /**
   * Forbids that a client begins a second handshake on a TLS 1.2 connection. It would cost the server a handshake that
   * no limit counts, and HTTP/2 does not allow it (RFC 9113 §9.2.1). TLS 1.3 has no renegotiation.
   */
  readonly secureOptions: number;
}

const TLS13 = ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"];
/** The ciphers of TLS 1.2. All of them have forward secrecy and authenticated encryption. */
const TLS12 = [
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-CHACHA20-POLY1305",
  "ECDHE-RSA-CHACHA20-POLY1305",
];
const CURVES = ["X25519MLKEM768", "X25519", "prime256v1", "secp384r1"];
let lacking: readonly string[] | undefined;

/**
 * Returns the protocol options of a TLS endpoint. By default the client's order of preference is used: all ciphers of
 * the policies are secure, and the client knows whether AES is fast on its machine. If the operator lists ciphers,
 * the order of that list is used instead. Throws when the operator lists a group that this Node does not have.
 */
export function protocolOptions(settings: PolicySettings): ProtocolOptions {
  const { policy, minVersion, ciphers = [] } = settings;
  const curves = groupsOf(settings.curves);
  const least = policy === "modern" ? "TLSv1.3" : (minVersion ?? "TLSv1.2");
  const own13 = ciphers.filter((name) => name.startsWith("TLS_"));
  const own12 = ciphers.filter((name) => !name.startsWith("TLS_"));
  const names = [
    ...(own13.length > 0 ? own13 : TLS13),
    ...(least === "TLSv1.3" ? [] : own12.length > 0 ? own12 : TLS12),
  ];
  return {
    minVersion: least,
    ciphers: names.join(":"),
    ecdhCurve: curves.join(":"),
    honorCipherOrder: ciphers.length > 0,
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  };
}

/**
 * Returns a message for the operator when this Node lacks groups that are used by default; undefined when it has all of
 * them. The groups come with OpenSSL: Node 22.15 has OpenSSL 3.0, and X25519MLKEM768 came with OpenSSL 3.5.
 */
export function lackingGroups(): string | undefined {
  const names = lackedByDefault();
  if (names.length === 0) return undefined;
  return `${thisNode()} has no ${names.join(", ")}, so TLS connections do without; Node 22.23, 24 or 26 has it`;
}

function groupsOf(written: readonly string[] | undefined): readonly string[] {
  if (written === undefined) return CURVES.filter((name) => !lackedByDefault().includes(name));
  if (has(written.join(":"))) return written;
  const unknown = written.filter((name) => !has(name));
  throw new Error(
    `tls.curves: ${thisNode()} has no ${unknown.join(", ")}; leave it out, or use a newer Node`,
  );
}

function lackedByDefault(): readonly string[] {
  lacking ??= has(CURVES.join(":")) ? [] : CURVES.filter((name) => !has(name));
  return lacking;
}

/** Returns whether OpenSSL knows a group, or all groups of a list with colons. `ca` is given, because Node would otherwise read all its own authorities. */
function has(group: string): boolean {
  try {
    createSecureContext({ ca: [], ecdhCurve: group });
    return true;
  } catch {
    return false;
  }
}

const thisNode = () => `Node ${process.versions.node} (OpenSSL ${process.versions.openssl})`;
