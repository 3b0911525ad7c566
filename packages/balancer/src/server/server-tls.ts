// The certificates for connections to a backend's servers. The files are read again at a reload. While the files have
// not changed, the result is the same object as before. So pools notice a change by comparing objects.
import type { InternalTls } from "@tandem/config";
import { type InternalClient, internalClientOptions } from "@tandem/transport";

export type ServerTls = InternalClient;

/** Reads the certificates. Throws when a file cannot be read. */
export function readServerTls(
  files: InternalTls | undefined,
  before: ServerTls | undefined,
): ServerTls | undefined {
  if (files === undefined) return undefined;
  const now = internalClientOptions(files);
  const { ca, cert, key } = now;
  const same = before?.ca.equals(ca) && before.cert.equals(cert) && before.key.equals(key);
  return same ? before : now;
}
