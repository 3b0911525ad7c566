// What is known of a site, with its source and its uncertainty, for the person who has to believe it.
import type { Ranged } from "./ranged.ts";

export interface Fact {
  readonly what: string;
  readonly value: string;
  /** "195 to 205"; absent where nothing is uncertain, "not known" where the uncertainty is not known. */
  readonly range?: string;
  readonly from: string;
}

export const YOU_SAID = "you said";
export const ASSUMED = "assumed";

const short = (value: number): string => String(Number(value.toPrecision(3)));

export const rangeText = ({ low, high }: Ranged): string =>
  Number.isFinite(low) && Number.isFinite(high) ? `${short(low)} to ${short(high)}` : "not known";

export const valueText = short;
