// TLS versions, ciphers and groups. The policies are Mozilla's "modern" and "intermediate" (Server Side TLS 5.7),
// without the suites of finite-field Diffie-Hellman. No browser that the intermediate policy is meant for needs those
// suites, and they cost a server ten times as much as suites with elliptic curves.

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

/**
 * Returns the protocol options of a TLS endpoint. By default the client's order of preference is used: all ciphers of
 * the policies are secure, and the client knows whether AES is fast on its machine. If the operator lists ciphers,
 * the order of that list is used instead.
 */
export function protocolOptions(settings: PolicySettings): ProtocolOptions {
  const { policy, minVersion, ciphers = [], curves = CURVES } = settings;
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
  };
}
