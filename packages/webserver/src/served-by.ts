// x-served-by: which box, tier and process answered, the nearest to the client first.
import type { Fields } from "@tandem/http";

/** Puts `name` before whatever the tiers behind us said, on one line. */
export function addServedBy(fields: Fields, name: string): void {
  fields.set("X-Served-By", [name, ...fields.all("x-served-by")].join(", "));
}
