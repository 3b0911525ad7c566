// Prepares a canvas with the resolution of the screen and the width of the canvas's box in the page.

export interface Surface {
  readonly context: CanvasRenderingContext2D;
  /** The canvas's size in CSS pixels. */
  readonly width: number;
  readonly height: number;
}

/** Fits the canvas to its box and clears it. Returns undefined while the canvas is not shown. */
export function surface(canvas: HTMLCanvasElement): Surface | undefined {
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  const context = canvas.getContext("2d");
  if (context === null || width === 0 || height === 0) return undefined;
  const ratio = Math.min(3, globalThis.devicePixelRatio || 1);
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}

export function box(
  { context }: Surface,
  [x, y, width, height]: readonly [number, number, number, number],
  radius: number,
): void {
  context.beginPath();
  context.roundRect(x, y, width, height, Math.min(radius, width / 2, height / 2));
}
