// The data that the command hands over to the page, as the global variable `tandemOwn`.
import type { Preset } from "./presets.ts";

export interface Own {
  /** The scenarios of the user's file: one, or one for each variant. */
  readonly presets: readonly Preset[];
  /** The fragment of the link that the page opens when the address has none. */
  readonly start: string;
  /** What is wrong with files that have changed since the page was started. The page then shows them as they were. */
  readonly faults: readonly string[];
}
