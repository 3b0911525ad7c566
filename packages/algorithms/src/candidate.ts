// Checks whether a server may be picked: the server must be usable (up and not full), and must not
// have failed this request before. Every algorithm makes this check before it returns a server.
import type { PickServer } from "./picker.ts";

export function isCandidate<S extends PickServer>(server: S, tried: readonly S[]): boolean {
  return server.usable && (tried.length === 0 || !tried.includes(server));
}
