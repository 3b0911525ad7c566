// The canvas and the colours with which the state of an algorithm is drawn.
import type { Theme } from "../../draw/theme.ts";

export interface Look {
  readonly canvas: HTMLCanvasElement;
  readonly theme: Theme;
  readonly accent: string;
  /** The server that was picked last. */
  readonly last: string | undefined;
}
