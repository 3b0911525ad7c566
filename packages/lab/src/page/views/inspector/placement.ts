// Draws which server owns which keys: Maglev's table as a mosaic, a ring as a ring, any other placement as a strip of
// keys.
import type { Inspection } from "@tandem/balancer/pickers";
import { type Surface, surface } from "../../draw/canvas.ts";
import { FONT, serverColour, serverNumber, type Theme } from "../../draw/theme.ts";
import { count } from "../../words.ts";
import type { Look } from "./look.ts";

type Of<K extends Inspection["kind"]> = Extract<Inspection, { kind: K }>;

const CELL = 6;
const FULL_TURN = 2 ** 32;

export function drawTable({ owners, servers }: Of<"table">, { canvas, theme }: Look): string {
  const place = surface(canvas);
  if (place !== undefined) mosaic(place, owners, servers, theme);
  const [fewest, most] = extremes(owners, servers.length);
  const shown = place === undefined ? 0 : Math.min(owners.length, cells(place));
  return `The first ${count(shown, "slot")} of ${owners.length}, coloured by server; each server owns ${fewest} to ${most} of all.`;
}

export function drawKeys({ owners, servers }: Of<"keys">, { canvas, theme }: Look): string {
  const place = surface(canvas);
  if (place !== undefined) mosaic(place, owners, servers, theme);
  const [fewest, most] = extremes(owners, servers.length);
  return `The owners of ${owners.length} evenly spread keys; a server has ${fewest} to ${most} of them.`;
}

function cells({ width, height }: Surface): number {
  return Math.floor(width / CELL) * Math.floor(height / CELL);
}

function mosaic(
  place: Surface,
  owners: Int32Array,
  servers: readonly string[],
  theme: Theme,
): void {
  const perRow = Math.floor(place.width / CELL);
  const { context } = place;
  const colours = servers.map((name) => serverColour(serverNumber(name), theme.dark));
  for (let at = 0; at < Math.min(owners.length, cells(place)); at++) {
    context.fillStyle = colours[owners[at] ?? -1] ?? theme.line;
    context.fillRect((at % perRow) * CELL, Math.floor(at / perRow) * CELL, CELL - 1, CELL - 1);
  }
}

function extremes(owners: Int32Array, servers: number): readonly [fewest: number, most: number] {
  const owned = new Uint32Array(servers);
  for (const owner of owners) owned[owner] = (owned[owner] ?? 0) + 1;
  return [Math.min(...owned), Math.max(...owned)];
}

export function drawRing(ring: Of<"ring">, { canvas, theme, last }: Look): string {
  const { points, owners, servers } = ring;
  const place = surface(canvas);
  const shares = sharesOf(ring);
  if (place !== undefined) {
    const { context, width, height } = place;
    const radius = Math.min(width, height) / 2 - 12;
    const thick = Math.max(10, radius * 0.28);
    const colours = servers.map((name) => serverColour(serverNumber(name), theme.dark));
    const angle = (point: number) => (point / FULL_TURN) * 2 * Math.PI - Math.PI / 2;
    context.lineWidth = thick;
    for (let at = 0; at < points.length; at++) {
      // A point owns the keys between the previous point and itself.
      const from = at === 0 ? (points[points.length - 1] ?? 0) - FULL_TURN : (points[at - 1] ?? 0);
      context.strokeStyle = colours[owners[at] ?? -1] ?? theme.line;
      context.globalAlpha = last === undefined || servers[owners[at] ?? -1] === last ? 1 : 0.55;
      context.beginPath();
      context.arc(width / 2, height / 2, radius - thick / 2, angle(from), angle(points[at] ?? 0));
      context.stroke();
    }
    context.globalAlpha = 1;
    inTheMiddle(place, [count(points.length, "point"), count(servers.length, "server")], theme);
  }
  const fair = 1 / Math.max(1, servers.length);
  return `Each arc's keys belong to the point at its end, clockwise; a server owns ${times(Math.min(...shares) / fair)} to ${times(Math.max(...shares) / fair)} of a fair share.`;
}

function sharesOf({ points, owners, servers }: Of<"ring">): number[] {
  const shares = servers.map(() => 0);
  for (let at = 0; at < points.length; at++) {
    const from = at === 0 ? (points[points.length - 1] ?? 0) - FULL_TURN : (points[at - 1] ?? 0);
    const owner = owners[at] ?? -1;
    shares[owner] = (shares[owner] ?? 0) + ((points[at] ?? 0) - from) / FULL_TURN;
  }
  return shares;
}

const times = (value: number) => `${value.toFixed(2)} times`;

function inTheMiddle(
  { context, width, height }: Surface,
  lines: readonly string[],
  theme: Theme,
): void {
  context.fillStyle = theme.muted;
  context.font = `11px ${FONT}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const [at, text] of lines.entries())
    context.fillText(text, width / 2, height / 2 + (at - (lines.length - 1) / 2) * 15);
}
