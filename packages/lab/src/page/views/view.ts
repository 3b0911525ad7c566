// What the views share: the experiment, and the current colours.
import type { Theme } from "../draw/theme.ts";
import type { Experiment } from "../run/experiment.ts";

export interface Stagehand {
  readonly experiment: Experiment;
  theme: Theme;
  /** True when the visitor's system asks for less motion; then no dots fly. */
  readonly still: () => boolean;
  /** Shows a sentence and has screen readers read it. */
  readonly announce: (text: string) => void;
}

export interface View {
  /** A choice or the player's state changed. */
  readonly state?: () => void;
  /** Once per animation frame while something moved. */
  readonly moment?: () => void;
  /** New figures, a few times a second. */
  readonly detail?: () => void;
  /** The colours or the width changed. */
  readonly redraw?: () => void;
}

export const LANES = ["a", "b"] as const;
export type LaneName = (typeof LANES)[number];
