// Versions, ciphers and groups. The policies are Mozilla's "modern" and "intermediate" (Server Side TLS 5.7), without
// the finite-field Diffie-Hellman suites: no browser that intermediate is for needs them, and they cost a server ten
// times an elliptic curve's exponentiation.

export type TlsVersion = "TLSv1.2" | "TLSv1.3";
export type TlsPolicy = "modern" | "intermediate";

/** What the operator has decided; the policy decides the rest. */
export interface PolicySettings {
  readonly policy: TlsPolicy;
  readonly minVersion?: TlsVersion | undefined;
  /** OpenSSL's names, those of TLS 1.2 and of TLS 1.3. Of a version of which none is named, the policy's hold. */
  readonly ciphers?: readonly string[] | undefined;
  readonly curves?: readonly string[] | undefined;
}

/** As Node's TLS takes it. */
export interface ProtocolOptions {
  readonly minVersion: TlsVersion;
  readonly ciphers: string;
  readonly ecdhCurve: string;
  /** Our order of preference counts, not the client's. */
  readonly honorCipherOrder: boolean;
}

const TLS13 = ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"];
/** Forward secrecy and authenticated encryption, all of them. */
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
 * What a TLS endpoint of ours speaks. All ciphers of the policies are good, so the client chooses: it knows whether AES
 * is fast on it. A list of one's own is in one's own order.
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
