// The result of a footprint measurement.
import type { CommandCost } from "./command-cost.ts";
import type { ProxyCost } from "./proxy-cost.ts";
import type { SiteCost } from "./site-cost.ts";

/** The figures of one program. A figure that the program does not have is undefined. */
export interface Footprint {
  readonly program: string;
  readonly help: CommandCost;
  readonly version: CommandCost;
  readonly proxy: ProxyCost;
  readonly site: SiteCost | undefined;
  /** The size of the files that are installed, in bytes. */
  readonly installedBytes: number | undefined;
}
