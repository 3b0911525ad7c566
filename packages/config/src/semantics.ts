// What the parts of a configuration must agree on, beyond what one value can show.
import type { Finding, Written } from "./explain.ts";
import type { LoadOptions } from "./load.ts";
import type { Config } from "./schema/config.ts";

/** Everything the parts disagree on. */
export function disagreements(
  _config: Config,
  _data: unknown,
  _written: Written,
  _options: LoadOptions,
): Finding[] {
  return [];
}
