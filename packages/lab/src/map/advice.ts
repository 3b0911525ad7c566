// What the map for two boxes says, as a rule short enough to remember. A test holds it against the map that is kept in
// docs/images/lab: wherever the map was measured, what the rule advises is close to the best.

import type { Policy } from "./policies.ts";
import { DEFAULT_POLICY } from "./recommend.ts";

export interface TwoBoxes {
  /** How many times as fast as the other the faster box is, 1 or more. */
  readonly ratio: number;
  /** Whether the operator knows the speeds, and so can write weights that say them. */
  readonly speedsKnown: boolean;
}

export interface MapAdvice {
  readonly policy: Policy;
  /** The reason, a sentence or two for a person. */
  readonly because: string;
}

/** Boxes closer than this are alike: between 1.25, where the map prefers none, and 1.5, where it prefers peak-ewma. */
const UNEQUAL_FROM = 1.4;

/** Returns what to configure for two boxes that do the same work. Failures and affinity are not part of the question. */
export function adviceForTwo({ ratio, speedsKnown }: TwoBoxes): MapAdvice {
  if (ratio < UNEQUAL_FROM)
    return {
      policy: DEFAULT_POLICY,
      because:
        "The boxes are nearly alike: none of the others does better, and with very unequal requests they do worse.",
    };
  if (speedsKnown)
    return {
      policy: { algorithm: "peak-ewma", weighted: true },
      because:
        "It goes by what each box takes, and weights that say the speeds keep one slow answer from misleading it.",
    };
  return {
    policy: { algorithm: "peak-ewma", weighted: false },
    because:
      "It finds the faster box by itself. The default gives the slower one about as much work as the faster one.",
  };
}
