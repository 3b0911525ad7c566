// Draws the stage, the picture of one algorithm at work: requests on their way, queues, and the state of the servers.
// These functions keep no state. Everything that is drawn is passed in.
import type { ServerSnapshot } from "../../sim/simulation.ts";
import type { End, Pick } from "../run/protocol.ts";
import { box, type Surface } from "./canvas.ts";
import {
  balancersSeparate,
  balancerX,
  layoutStage,
  type StageLayout,
  serverX,
  unitOf,
} from "./stage-layout.ts";
import { FONT, type Theme } from "./theme.ts";

export interface Scene {
  readonly timeMs: number;
  readonly servers: readonly ServerSnapshot[];
  readonly balancers: number;
  /** Recent picks, whose requests are still shown moving. */
  readonly picks: readonly Pick[];
  readonly ends: readonly End[];
  /** How long a request is shown moving, in virtual milliseconds; 0 = no movement. */
  readonly flightMs: number;
  /** The last pick, which is marked by a line while the time is stopped. */
  readonly pointed: Pick | undefined;
  readonly selected: number | undefined;
  /** The length of the longest queue that must fit into the picture. Both algorithms are drawn to this one scale. */
  readonly deepest: number;
  readonly accent: string;
}

export function drawStage(surface: Surface, scene: Scene, theme: Theme): StageLayout {
  const layout = layoutStage(surface.width, surface.height, scene.servers.length);
  const flying = flyingTo(scene);
  drawBalancers(surface, layout, scene, theme);
  const unit = unitOf(layout, scene.deepest);
  for (const [index, server] of scene.servers.entries()) {
    const depth = Math.max(0, server.depth - (flying[index] ?? 0));
    drawServer(surface, layout, index, server, theme, scene.selected === index);
    drawQueue(surface, layout, index, { server, depth, unit }, theme);
  }
  if (scene.pointed !== undefined) pointAt(surface, layout, scene, scene.pointed, theme);
  drawPicks(surface, layout, scene, unit, theme);
  drawEnds(surface, layout, scene, theme);
  return layout;
}

/** Counts, for each server, the requests that it already has but that are still drawn moving towards it. */
function flyingTo({ picks, servers, timeMs, flightMs }: Scene): number[] {
  const flying = servers.map(() => 0);
  for (const { atMs, server } of picks)
    if (timeMs - atMs < flightMs) flying[server] = (flying[server] ?? 0) + 1;
  return flying;
}

function drawBalancers(
  surface: Surface,
  layout: StageLayout,
  { balancers, accent }: Scene,
  theme: Theme,
) {
  const { context, width } = surface;
  context.fillStyle = theme.raised;
  context.strokeStyle = accent;
  context.lineWidth = 1.5;
  const top = layout.balancerY - 10;
  const label = balancers === 1 ? "balancer" : `${balancers} balancers`;
  if (balancers > 1 && balancersSeparate(balancers)) {
    for (let i = 0; i < balancers; i++) {
      box(surface, [balancerX(layout, i, balancers) - 8, top, 16, 20], 5);
      context.fill();
      context.stroke();
    }
    return;
  }
  const wide = balancers === 1 ? 84 : width * 0.96;
  box(surface, [(width - wide) / 2, top, wide, 20], 7);
  context.fill();
  context.stroke();
  context.fillStyle = theme.ink;
  context.font = `600 11px ${FONT}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(label, width / 2, layout.balancerY + 0.5);
}

const STATES: Readonly<Record<string, { readonly colour: keyof Theme; readonly sign: string }>> = {
  refusing: { colour: "bad", sign: "✕" },
  silent: { colour: "bad", sign: "…" },
  "black hole": { colour: "odd", sign: "!" },
  paused: { colour: "pause", sign: "‖" },
};

function drawServer(
  surface: Surface,
  layout: StageLayout,
  index: number,
  { state, speed, listed }: ServerSnapshot,
  theme: Theme,
  selected: boolean,
): void {
  const { context } = surface;
  const x = serverX(layout, index);
  const wrong = STATES[state];
  const colour = wrong === undefined ? theme.raised : String(theme[wrong.colour]);
  context.globalAlpha = listed === 0 ? 0.45 : 1;
  context.fillStyle = colour;
  context.strokeStyle = selected ? theme.ink : theme.line;
  context.lineWidth = selected ? 2 : 1;
  context.setLineDash(listed < 1 ? [3, 2] : []);
  box(surface, [x - layout.boxWidth / 2, layout.boxTop, layout.boxWidth, layout.boxHeight], 5);
  context.fill();
  context.stroke();
  context.setLineDash([]);
  // The server's speed is shown as a level in its box: at half speed the box is half full.
  if (wrong === undefined && speed < 0.999) {
    const level = speed * (layout.boxHeight - 2);
    const left = x - layout.boxWidth / 2 + 1;
    context.globalAlpha *= 0.45;
    context.fillStyle = theme.wait;
    box(
      surface,
      [left, layout.boxTop + layout.boxHeight - 1 - level, layout.boxWidth - 2, level],
      4,
    );
    context.fill();
  }
  context.globalAlpha = 1;
  if (layout.named) nameServer(surface, layout, index, { sign: wrong?.sign, speed }, theme);
}

function nameServer(
  { context }: Surface,
  layout: StageLayout,
  index: number,
  { sign, speed }: { readonly sign: string | undefined; readonly speed: number },
  theme: Theme,
): void {
  const x = serverX(layout, index);
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.font = `600 11px ${FONT}`;
  context.fillStyle = sign === undefined ? theme.ink : theme.card;
  context.fillText(sign ?? `s${index}`, x, layout.boxTop + layout.boxHeight / 2 + 0.5);
  if (Math.abs(speed - 1) < 1e-3 || layout.column < 28 || sign !== undefined) return;
  context.font = `10px ${FONT}`;
  context.fillStyle = theme.muted;
  context.fillText(`×${Number(speed.toPrecision(2))}`, x, layout.height - 6);
}

function drawQueue(
  { context }: Surface,
  layout: StageLayout,
  index: number,
  {
    server,
    depth,
    unit,
  }: { readonly server: ServerSnapshot; readonly depth: number; readonly unit: number },
  theme: Theme,
): void {
  if (depth === 0) return;
  const x = serverX(layout, index);
  const bottom = layout.boxTop - 3;
  const served = Math.min(depth, server.served);
  const size = Math.min(layout.boxWidth * 0.62, 9);
  if (unit >= 4 && layout.column >= 9) {
    for (let place = 0; place < depth; place++) {
      context.fillStyle = place < served ? theme.ok : theme.wait;
      context.beginPath();
      context.arc(x, bottom - (place + 0.5) * unit, Math.min(size, unit - 0.8) / 2, 0, 7);
      context.fill();
    }
  } else {
    const wide = layout.column >= 9 ? size : layout.boxWidth;
    context.fillStyle = theme.wait;
    context.fillRect(x - wide / 2, bottom - depth * unit, wide, (depth - served) * unit);
    context.fillStyle = theme.ok;
    context.fillRect(x - wide / 2, bottom - served * unit, wide, served * unit);
  }
  if (depth < 3 || layout.column < 20) return;
  context.fillStyle = theme.muted;
  context.font = `600 10px ${FONT}`;
  context.textAlign = "center";
  context.textBaseline = "bottom";
  context.fillText(String(depth), x, bottom - depth * unit - 2);
}

function queueEnd(layout: StageLayout, depth: number, unit: number): number {
  return layout.boxTop - 3 - (depth + 0.5) * unit;
}

function drawPicks(
  surface: Surface,
  layout: StageLayout,
  scene: Scene,
  unit: number,
  theme: Theme,
): void {
  const { context } = surface;
  const { picks, timeMs, flightMs, balancers } = scene;
  context.fillStyle = scene.accent;
  context.strokeStyle = theme.card;
  context.lineWidth = 1;
  for (const { atMs, server, balancer } of picks) {
    const age = (timeMs - atMs) / flightMs;
    if (!(age >= 0 && age < 1)) continue;
    const way = age * age * (3 - 2 * age);
    const fromX = balancerX(layout, balancer, balancers);
    const toX = serverX(layout, server);
    const depth = scene.servers[server]?.depth ?? 0;
    const fromY = layout.balancerY + 12;
    const toY = Math.max(layout.queueTop - 8, queueEnd(layout, depth, unit));
    context.beginPath();
    context.arc(fromX + (toX - fromX) * way, fromY + (toY - fromY) * way, 3.6, 0, 7);
    context.fill();
    context.stroke();
  }
}

function pointAt(
  surface: Surface,
  layout: StageLayout,
  scene: Scene,
  pick: Pick,
  theme: Theme,
): void {
  const { context } = surface;
  context.strokeStyle = scene.accent;
  context.lineWidth = 1.5;
  context.setLineDash([4, 4]);
  context.beginPath();
  context.moveTo(balancerX(layout, pick.balancer, scene.balancers), layout.balancerY + 11);
  context.lineTo(serverX(layout, pick.server), layout.boxTop - 2);
  context.stroke();
  context.setLineDash([]);
  context.strokeStyle = theme.ink;
}

const END_COLOURS = { ok: "ok", failed: "bad", timeout: "wait", rejected: "bad" } as const;

/** Draws answers leaving below their servers. Failures are larger and drawn last. */
function drawEnds({ context }: Surface, layout: StageLayout, scene: Scene, theme: Theme): void {
  const { ends, timeMs, flightMs } = scene;
  for (const { atMs, server, outcome } of ends) {
    const age = (timeMs - atMs) / flightMs;
    if (!(age >= 0 && age < 1) || server < 0) continue;
    context.globalAlpha = 1 - age;
    context.fillStyle = theme[END_COLOURS[outcome]];
    context.beginPath();
    const y = layout.boxTop + layout.boxHeight + age * 10;
    context.arc(serverX(layout, server), y, outcome === "ok" ? 2.5 : 4.5, 0, 7);
    context.fill();
  }
  context.globalAlpha = 1;
}
