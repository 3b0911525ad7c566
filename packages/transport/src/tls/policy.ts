// TLS versions, ciphers and groups. The policies are Mozilla's "modern" and "intermediate" (Server Side TLS
// 5.7), without the suites of finite-field Diffie-Hellman: no browser that the intermediate policy is meant
// for needs them, and they cost a server ten times as much as an elliptic curve.

export type TlsVersion = "TLSv1.2" | "TLSv1.3";
export type TlsPolicy = "modern" | "intermediate";

/** The operator's settings. The policy decides everything that is absent. */
export interface PolicySettings {
  readonly policy: TlsPolicy;
  readonly minVersion?: TlsVersion | undefined;
  /**
   * OpenSSL's names of ciphers of TLS 1.2 and 1.3. If none of a version is named, the policy's ciphers of
   * that version are used.
   */
  readonly ciphers?: readonly string[] | undefined;
  readonly curves?: readonly string[] | undefined;
}

/** The options in Node's form. */
export interface ProtocolOptions {
  readonly minVersion: TlsVersion;
  readonly ciphers: string;
  readonly ecdhCurve: string;
  /** Whether the server's order of preference is used instead of the client's. */
  readonly honorCipherOrder: boolean;
}

const TLS13 = ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"];
/** All of these have forward secrecy and authenticated encryption. */
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
 * The protocol options of a TLS endpoint. All ciphers of the policies are good, so the client's order is
 * used: the client knows whether AES is fast on its machine. The order of an operator's own list is kept.
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
