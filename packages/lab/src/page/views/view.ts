// The interface that all views have, and the objects that the views share: the experiment and the current colours.
import type { Theme } from "../draw/theme.ts";
import type { Experiment } from "../run/experiment.ts";

export interface ViewContext {
  readonly experiment: Experiment;
  theme: Theme;
  /** Returns true when the visitor's system asks for less motion. No dots move while this is true. */
  readonly still: () => boolean;
  /** Shows a sentence and makes screen readers read it. */
  readonly announce: (text: string) => void;
  /** Shows what is wrong with something that the visitor has entered, until the visitor closes it. */
  readonly complain: (sentence: string) => void;
}

export interface View {
  /** Called when a choice of the visitor, or the state of the player that runs the simulation, has changed. */
  readonly state?: () => void;
  /** Called once per animation frame while the picture moves. */
  readonly moment?: () => void;
  /** Called when there are new figures, a few times a second. */
  readonly detail?: () => void;
  /** Called when the colours or the width have changed. */
  readonly redraw?: () => void;
}

export const LANES = ["a", "b"] as const;
export type LaneName = (typeof LANES)[number];
