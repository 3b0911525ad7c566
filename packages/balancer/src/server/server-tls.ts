// The certificates towards a backend's servers, read again at a reload: the same object as before while
// the files have not changed, so that pools know by comparing.
import type { InternalTls } from "@tandem/config";
import { type InternalClient, internalClientOptions } from "@tandem/transport";

export type ServerTls = InternalClient;

/** Throws when a file cannot be read. */
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
