// Draws rotations, loads, weights and idle queues: one box per server, or per position of the rotation.
import type { Inspection, Shown } from "@tandem/balancer/pickers";
import { box, type Surface, surface } from "../../draw/canvas.ts";
import { FONT, serverColour, serverNumber, type Theme } from "../../draw/theme.ts";
import { count, short } from "../../words.ts";
import type { Look } from "./look.ts";

type Of<K extends Inspection["kind"]> = Extract<Inspection, { kind: K }>;

export function drawSequence({ servers }: Of<"sequence">, { canvas, theme }: Look): string {
  const place = surface(canvas);
  const drawn = place === undefined ? 0 : chips(place, servers, theme);
  return servers.length === 0
    ? "The rotation is too long to list: each turn is computed."
    : `One period of the rotation, ${count(servers.length, "turn")}${of(servers, drawn)}; then it repeats.`;
}

export function drawQueue({ servers }: Of<"queue">, { canvas, theme }: Look): string {
  const place = surface(canvas);
  const drawn = place === undefined ? 0 : chips(place, servers, theme);
  return servers.length === 0
    ? "No server is idle: the next request goes to a random server."
    : `${count(servers.length, "server")} in the queue of idle servers${of(servers, drawn)}; the next request goes to the first.`;
}

/** Says how many are drawn, if not all are. */
const of = (servers: readonly string[], drawn: number): string =>
  drawn < servers.length ? ` of which the first ${drawn} are drawn` : "";

/** The sides of a box with the server's name, and of smaller ones without it. */
const SIDES = [26, 12, 6] as const;

/** Draws a box for each server, as large as there is room for. Returns how many are drawn. */
function chips(
  { context, width, height }: Surface,
  servers: readonly string[],
  theme: Theme,
): number {
  const grid = SIDES.map((size) => ({
    size,
    perRow: Math.max(1, Math.floor((width + 2) / (size + 2))),
    rows: Math.max(1, Math.floor((height + 2) / (size + 2))),
  }));
  const roomy = grid.find(({ perRow, rows }) => perRow * rows >= servers.length);
  const { size = SIDES[2], perRow = 1, rows = 1 } = roomy ?? grid.at(-1) ?? {};
  const drawn = servers.slice(0, perRow * rows);
  const place = { context, width, height };
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.font = `600 10px ${FONT}`;
  for (const [at, name] of drawn.entries()) {
    const x = (at % perRow) * (size + 2);
    const y = Math.floor(at / perRow) * (size + 2);
    context.fillStyle = serverColour(serverNumber(name), theme.dark);
    box(place, [x, y, size, size], size / 5);
    context.fill();
    if (size < 20) continue;
    context.fillStyle = theme.dark ? "#0b0e13" : "#ffffff";
    context.fillText(name, x + size / 2, y + size / 2 + 0.5);
  }
  return drawn.length;
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
