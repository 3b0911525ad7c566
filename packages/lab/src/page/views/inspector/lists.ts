// Draws rotations, loads, weights and idle queues: one box per server, or per position of the rotation.
import type { Inspection, Shown } from "@tandem/balancer/pickers";
import { box, type Surface, surface } from "../../draw/canvas.ts";
import { FONT, serverColour, serverNumber, type Theme } from "../../draw/theme.ts";
import { count, short } from "../../words.ts";
import type { Look } from "./look.ts";

type Of<K extends Inspection["kind"]> = Extract<Inspection, { kind: K }>;

export function drawSequence({ servers }: Of<"sequence">, { canvas, theme }: Look): string {
  const place = surface(canvas);
  if (place !== undefined) chips(place, servers, theme);
  return servers.length === 0
    ? "The rotation is too long to list: each turn is computed."
    : `One period of the rotation, ${count(servers.length, "turn")}; then it repeats.`;
}

export function drawQueue({ servers }: Of<"queue">, { canvas, theme }: Look): string {
  const place = surface(canvas);
  if (place !== undefined) chips(place, servers, theme);
  return servers.length === 0
    ? "No server is idle: the next request goes to a random server."
    : `${count(servers.length, "server")} in the queue of idle servers; the next request goes to the first.`;
}

/** Draws boxes in as many rows as there is room for. The number of boxes left out is shown. */
function chips(
  { context, width, height }: Surface,
  servers: readonly string[],
  theme: Theme,
): void {
  const size = servers.length > 60 ? 12 : 26;
  const perRow = Math.max(1, Math.floor(width / (size + 2)));
  const rows = Math.max(1, Math.floor(height / (size + 2)));
  const place = { context, width, height };
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.font = `600 10px ${FONT}`;
  for (const [at, name] of servers.slice(0, perRow * rows).entries()) {
    const x = (at % perRow) * (size + 2);
    const y = Math.floor(at / perRow) * (size + 2);
    context.fillStyle = serverColour(serverNumber(name), theme.dark);
    box(place, [x, y, size, size], 5);
    context.fill();
    if (size < 20) continue;
    context.fillStyle = theme.dark ? "#0b0e13" : "#ffffff";
    context.fillText(name, x + size / 2, y + size / 2 + 0.5);
  }
}

export function drawLoads({ loads, draws }: Of<"loads">, look: Look): string {
  bars(look, loads);
  const compared = draws === 0 ? "all servers" : count(draws, "random server");
  return draws === 1
    ? "The load of each server as this balancer sees it; a pick of one draw does not look at it."
    : `The load of each server as this balancer sees it; the lowest bar of ${compared} wins.`;
}

export function drawWeights({ weights }: Of<"weights">, look: Look): string {
  bars(look, weights);
  return weights.length === 0
    ? "Fewer than two servers have reported for long enough: plain round robin until then."
    : "Weights computed from the servers' reports: requests a second at full use.";
}

function bars({ canvas, theme, accent, last }: Look, values: readonly Shown[]): void {
  const place = surface(canvas);
  if (place === undefined) return;
  const { context, width, height } = place;
  const column = width / Math.max(1, values.length);
  // The load of a server that stands still is infinite for a yardstick: its bar has the full height.
  const finite = values.filter(({ value }) => Number.isFinite(value));
  const top = finite.reduce((most, { value }) => Math.max(most, value), 0) || 1;
  const room = height - 30;
  context.textAlign = "center";
  for (const [at, { server, value }] of values.entries()) {
    const high = Math.max(1, Math.min(1, value / top) * room);
    const x = at * column;
    context.globalAlpha = server === last ? 1 : 0.55;
    context.fillStyle = accent;
    box(place, [x + 1, 14 + room - high, Math.max(1, column - 2), high], 3);
    context.fill();
    context.globalAlpha = 1;
    if (column < 26) continue;
    context.fillStyle = theme.muted;
    context.font = `10px ${FONT}`;
    context.textBaseline = "bottom";
    context.fillText(
      value === 0 ? "0" : Number.isFinite(value) ? short(value) : "∞",
      x + column / 2,
      13 + room - high,
    );
    context.fillText(server, x + column / 2, height);
  }
}
