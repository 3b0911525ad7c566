// The one test every algorithm makes before it returns a server.
import type { PickServer } from "./picker.ts";

export function isCandidate<S extends PickServer>(server: S, tried: readonly S[]): boolean {
  return server.usable && (tried.length === 0 || !tried.includes(server));
}
