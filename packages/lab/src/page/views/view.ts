// What the views share: what they look at, and the colours of the moment.
import type { Theme } from "../draw/theme.ts";
import type { Experiment } from "../run/experiment.ts";

export interface Stagehand {
  readonly experiment: Experiment;
  theme: Theme;
  /** Nothing flies where people asked for less motion. */
  readonly still: () => boolean;
  /** A sentence for everybody, screen readers included. */
  readonly announce: (text: string) => void;
}

export interface View {
  /** A choice or the player's state changed. */
  readonly state?: () => void;
  /** Once per animation frame while something moved. */
  readonly moment?: () => void;
  /** New figures, a few times a second. */
  readonly detail?: () => void;
  /** Other colours, or another width. */
  readonly redraw?: () => void;
}

export const LANES = ["a", "b"] as const;
export type LaneName = (typeof LANES)[number];
