// Draws the answers to probes that the algorithm Prequal keeps, one dot each: requests in flight across, latency up.
// Servers in the shaded part at the right have too many requests in flight (hot). Prequal picks the server with the
// lowest dot outside that part. Dots of old answers are faint.
import type { Inspection } from "@tandem/balancer/pickers";
import { surface } from "../../draw/canvas.ts";
import { FONT } from "../../draw/theme.ts";
import { count, digits, ms } from "../../words.ts";
import type { Look } from "./look.ts";

const LEFT = 44;
const BOTTOM = 18;
/** Answers of this age or older have the faintest colour. */
const OLD_MS = 1_000;

export function drawPool(
  { answers, hotAbove }: Extract<Inspection, { kind: "pool" }>,
  { canvas, theme, last }: Look,
): string {
  const place = surface(canvas);
  if (place !== undefined) {
    const { context, width, height } = place;
    const mostRif = 1.15 * Math.max(4, hotAbove + 1, ...answers.map(({ inFlight }) => inFlight));
    const mostMs = 1.15 * Math.max(1e-3, ...answers.map(({ latencyMs }) => latencyMs));
    const x = (rif: number) => LEFT + (rif / mostRif) * (width - LEFT - 8);
    const y = (latency: number) => height - BOTTOM - (latency / mostMs) * (height - BOTTOM - 8);
    context.fillStyle = theme.bad;
    context.globalAlpha = 0.1;
    const edge = Math.min(width, x(hotAbove + 0.5));
    context.fillRect(edge, 4, width - edge - 4, height - BOTTOM - 4);
    context.globalAlpha = 1;
    context.strokeStyle = theme.line;
    context.lineWidth = 1;
    context.strokeRect(LEFT + 0.5, 4.5, width - LEFT - 5, height - BOTTOM - 5);
    context.font = `10px ${FONT}`;
    context.fillStyle = theme.muted;
    context.textBaseline = "alphabetic";
    context.textAlign = "right";
    context.fillText(ms(mostMs / 1.15), LEFT - 4, y(mostMs / 1.15) + 4);
    context.fillText("0", LEFT - 4, height - BOTTOM);
    context.textAlign = "left";
    context.fillText("requests in flight →", LEFT + 2, height - 5);
    context.textAlign = "right";
    context.fillText(`hot above ${digits(hotAbove)}`, width - 8, height - 5);
    for (const { server, inFlight, latencyMs, ageMs } of answers) {
      context.globalAlpha = Math.max(0.25, 1 - ageMs / OLD_MS);
      context.fillStyle = inFlight > hotAbove ? theme.bad : theme.ok;
      context.beginPath();
      context.arc(x(inFlight), y(latencyMs), server === last ? 6 : 4, 0, 7);
      context.fill();
      context.fillStyle = theme.ink;
      context.textAlign = "left";
      context.fillText(server, x(inFlight) + 6, y(latencyMs) + 3);
    }
    context.globalAlpha = 1;
  }
  const cold = answers.filter(({ inFlight }) => inFlight <= hotAbove).length;
  return `${count(answers.length, "probe answer")}, ${cold} of them cold; of those the fastest is taken. Old answers fade.`;
}
