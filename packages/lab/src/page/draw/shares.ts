// Draws each server's share of the requests as a bar below its server. A dashed line marks the fair share.
import { box, type Surface } from "./canvas.ts";
import { layoutStage, serverX } from "./stage-layout.ts";
import { FONT, type Theme } from "./theme.ts";

/** Shares are drawn up to this multiple of the fair share. */
const HIGHEST = 2;

export function drawShares(
  surface: Surface,
  shares: readonly number[],
  accent: string,
  theme: Theme,
): void {
  const { context, width, height } = surface;
  const layout = layoutStage(width, height, shares.length);
  const fair = 1 / Math.max(1, shares.length);
  const room = height - 12;
  for (const [server, share] of shares.entries()) {
    const times = share / fair;
    const high = (Math.min(times, HIGHEST) / HIGHEST) * room;
    const x = serverX(layout, server);
    context.globalAlpha = 0.75;
    context.fillStyle = accent;
    box(surface, [x - layout.boxWidth / 2, height - high, layout.boxWidth, Math.max(1, high)], 3);
    context.fill();
    context.globalAlpha = 1;
    if (!layout.named) continue;
    context.fillStyle = theme.muted;
    context.font = `10px ${FONT}`;
    context.textAlign = "center";
    context.textBaseline = "bottom";
    context.fillText(times.toFixed(layout.column > 30 ? 2 : 1), x, height - high - 1);
  }
  context.strokeStyle = theme.ink;
  context.globalAlpha = 0.6;
  context.setLineDash([3, 3]);
  context.beginPath();
  context.moveTo(0, height - room / HIGHEST);
  context.lineTo(width, height - room / HIGHEST);
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
}
