// The TLS settings of connections to servers. A server's certificate is always verified: by an authority of the
// operator's own, or by the public authorities that the system trusts. TLS 1.2 is allowed, because a server may be
// another product than Tandem.
import { createHash } from "node:crypto";
import { createSecureContext, getCACertificates, type SecureContext } from "node:tls";
import { readPem } from "./certificate-files.ts";
import { parsePem } from "./parse-pem.ts";
import { protocolOptions } from "./policy.ts";

export interface ServerTlsSettings {
  /** The file of the authority that signed the servers' certificates; the public authorities when absent. */
  readonly ca?: string | undefined;
  /** The files of the certificate that is shown to the servers; none is shown when absent. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** The name that every server's certificate must be valid for. */
  readonly serverName?: string | undefined;
}

export interface ServerTls {
  /** Made once, because it may hold more than a hundred authorities. */
  readonly secureContext: SecureContext;
  readonly serverName: string | undefined;
  /** Whether a certificate is shown to the servers. */
  readonly mutual: boolean;
  /** Equal for equal settings with equal files. */
  readonly digest: string;
}

/**
 * Reads the files of the settings. Returns `before` when neither settings nor files have changed since. `setting` is
 * the key of the settings, for messages. Throws when a file cannot be read or used.
 */
export function serverTls(
  settings: ServerTlsSettings,
  before?: ServerTls,
  setting = "tls",
): ServerTls {
  const { ca, cert, key, serverName } = settings;
  const read = (file: string | undefined, name: string) =>
    file === undefined ? undefined : readPem(file, `${setting}.${name}`);
  const files = { ca: read(ca, "ca"), cert: read(cert, "cert"), key: read(key, "key") };
  const digest = digestOf(serverName, Object.values(files));
  if (before?.digest === digest) return before;
  // OpenSSL ignores an authority that it cannot read, and then trusts no server at all.
  const authority = ca === undefined ? undefined : parsePem(ca, "ca");
  if (authority !== undefined && "fault" in authority)
    throw new Error(`${setting}.ca: ${authority.fault}`);
  const { minVersion, ciphers, ecdhCurve } = protocolOptions({ policy: "intermediate" });
  const shown = files.cert && files.key ? { cert: files.cert, key: files.key } : {};
  try {
    const secureContext = createSecureContext({
      ...{ minVersion, ciphers, ecdhCurve },
      ...shown,
      ca: files.ca === undefined ? publicAuthorities() : files.ca,
    });
    return { secureContext, serverName, mutual: cert !== undefined, digest };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const named = [ca, cert, key].filter((file) => file !== undefined).join(", ");
    throw new Error(`${setting}: ${named} cannot be used; expected PEM files (${why})`);
  }
}

/**
 * Returns the authorities that the system trusts, or Node's own list where the system has none. Node reads the
 * system's list once in a process.
 */
function publicAuthorities(): string[] {
  const system = getCACertificates("system");
  return [...(system.length > 0 ? system : getCACertificates("bundled")), ...extra()];
}

/** Returns the authorities in the file that the variable NODE_EXTRA_CA_CERTS names. */
const extra = (): string[] => getCACertificates("extra");

function digestOf(name: string | undefined, files: readonly (Buffer | undefined)[]): string {
  const hash = createHash("sha256").update(`${name ?? ""}\n`);
  for (const file of files)
    hash.update(file === undefined ? "-" : `${file.length}\n`).update(file ?? "");
  return hash.digest("hex");
}
