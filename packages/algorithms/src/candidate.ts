// The check that every algorithm makes of a server before it returns the server.
import type { PickServer } from "./picker.ts";

export function isCandidate<S extends PickServer>(server: S, tried: readonly S[]): boolean {
  return server.usable && (tried.length === 0 || !tried.includes(server));
}
