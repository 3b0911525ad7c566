// The field x-served-by names the box, tier and process that answered. When several tiers have
// added their names, the tier nearest to the client comes first.
import type { Fields } from "@tandem/http";

/** Puts `name` before the names that the application tier has added. All names are on one line. */
export function addServedBy(fields: Fields, name: string): void {
  fields.set("X-Served-By", [name, ...fields.all("x-served-by")].join(", "));
}
