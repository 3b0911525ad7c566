// Where and how a picture of an algorithm's inside is drawn.
import type { Theme } from "../../draw/theme.ts";

export interface Look {
  readonly canvas: HTMLCanvasElement;
  readonly theme: Theme;
  readonly accent: string;
  /** The server that was picked last. */
  readonly last: string | undefined;
}
