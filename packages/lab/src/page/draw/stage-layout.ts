// Computes the layout of the stage, the picture of one algorithm at work: balancers above, servers below, and a
// column over each server for its queue.

export interface StageLayout {
  readonly width: number;
  readonly height: number;
  readonly column: number;
  /** The top and height of the servers' boxes. */
  readonly boxTop: number;
  readonly boxHeight: number;
  readonly boxWidth: number;
  /** The top of the space in which a server's queue grows upwards from the server's box. */
  readonly queueTop: number;
  readonly balancerY: number;
  /** Whether names and numbers fit under the boxes. */
  readonly named: boolean;
}

const MARGIN = 8;
const MOST_SEPARATE = 12;

export function layoutStage(width: number, height: number, servers: number): StageLayout {
  const column = (width - 2 * MARGIN) / Math.max(1, servers);
  const named = column >= 22;
  const boxHeight = named ? 22 : 10;
  return {
    width,
    height,
    column,
    named,
    boxHeight,
    boxTop: height - boxHeight - 14,
    boxWidth: Math.max(1, Math.min(64, column * (column > 8 ? 0.78 : 0.9))),
    queueTop: 62,
    balancerY: 16,
  };
}

export function serverX({ column }: StageLayout, server: number): number {
  return MARGIN + (server + 0.5) * column;
}

/** Returns the server in whose column a point is; undefined outside the columns. */
export function serverAt(layout: StageLayout, x: number, servers: number): number | undefined {
  const server = Math.floor((x - MARGIN) / layout.column);
  return server >= 0 && server < servers ? server : undefined;
}

/**
 * Returns the horizontal position of a balancer. Many balancers are drawn as one wide box, in which each balancer has
 * its own position.
 */
export function balancerX({ width }: StageLayout, balancer: number, balancers: number): number {
  const spread = balancers <= MOST_SEPARATE ? 0.86 : 0.94;
  return width / 2 + width * spread * ((balancer + 0.5) / balancers - 0.5);
}

export function balancersSeparate(balancers: number): boolean {
  return balancers <= MOST_SEPARATE;
}

/** Returns the height of one request in a queue, in pixels, so that the longest queue fits into the picture. */
export function unitOf(layout: StageLayout, deepest: number): number {
  const room = layout.boxTop - layout.queueTop - 4;
  return Math.min(9, Math.max(layout.boxWidth * 0.6, 3), room / Math.max(1, deepest));
}
