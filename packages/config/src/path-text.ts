// Writes a path as text, for reports.
import type { Path } from "./document.ts";

/** Writes a path as `balancer.frontends.https.routes[0].backend`. */
export function formatPath(path: Path): string {
  return path
    .map((step, index) => (typeof step === "number" ? `[${step}]` : index > 0 ? `.${step}` : step))
    .join("");
}
