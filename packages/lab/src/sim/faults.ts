// Makes the faults of a scenario happen: applies each kind of fault to the simulated servers at its time.
import type { Cold, CrashMode, Fault, Where } from "./fault.ts";
import { endOfRun } from "./measure-times.ts";
import type { Model } from "./model.ts";
import type { Requests } from "./requests.ts";
import { MODE } from "./servers.ts";
import type { Stream } from "./stream.ts";

interface Scene {
  readonly model: Model;
  readonly requests: Requests;
  readonly servers: readonly number[];
  readonly atMs: number;
  readonly untilMs: number;
  readonly stream: Stream;
}

type Play<K extends Fault["kind"]> = (fault: Extract<Fault, { kind: K }>, scene: Scene) => void;

const PLAYS: { readonly [K in Fault["kind"]]: Play<K> } = {
  crash: ({ mode }, scene) =>
    during(
      scene,
      (server) => goDown(scene, server, mode),
      (server) => comeUp(scene, server),
    ),
  "black-hole": ({ latencyMs }, scene) =>
    during(
      scene,
      (server) => {
        const { servers, tap, agenda } = scene.model;
        servers.mode[server] = MODE.blackHole;
        servers.failMs[server] = latencyMs;
        tap?.state?.(agenda.now, server, "black hole");
      },
      (server) => comeUp(scene, server),
    ),
  "brown-out": ({ factor }, scene) =>
    during(
      scene,
      (server) => slow(scene, server, factor),
      (server) => slow(scene, server, 1 / factor),
    ),
  "gc-pause": playPauses,
  antagonist: playAntagonist,
  errors: ({ share }, scene) => {
    const { errorShare } = scene.model.servers;
    during(
      scene,
      (server) => {
        errorShare[server] = share;
      },
      (server) => {
        errorShare[server] = 0;
      },
    );
  },
  flapping: ({ upMs, downMs, mode }, scene) => {
    const { agenda } = scene.model;
    for (const server of scene.servers)
      for (let at = scene.atMs; at < scene.untilMs; at += upMs + downMs) {
        agenda.call(at, () => goDown(scene, server, mode));
        agenda.call(at + downMs, () => comeUp(scene, server));
      }
  },
  "rolling-restart": playRollingRestart,
  "cold-start": ({ factor, decayMs }, scene) => {
    for (const server of scene.servers)
      scene.model.agenda.call(scene.atMs, () => warmUp(scene, server, { factor, decayMs }));
  },
};

export function startFaults(model: Model, requests: Requests): void {
  for (const [index, fault] of (model.scenario.faults ?? []).entries()) {
    const atMs = fault.atMs ?? 0;
    const untilMs = atMs + (fault.forMs ?? Number.POSITIVE_INFINITY);
    const play = PLAYS[fault.kind] as (fault: Fault, scene: Scene) => void;
    play(fault, {
      model,
      requests,
      servers: chosen(model, fault.servers),
      atMs,
      untilMs: Math.min(untilMs, endOf(model)),
      stream: model.stream(`fault ${index}`),
    });
  }
}

/** Returns the time after which no change by a fault is planned. A fault that is active at that time stays active. */
function endOf({ scenario }: Model): number {
  return endOfRun(scenario);
}

function chosen({ servers }: Model, where: Where | undefined): number[] {
  const all = Array.from({ length: servers.count }, (_, server) => server);
  if (where === undefined) return all;
  if ("first" in where) return all.slice(0, where.first);
  if ("zone" in where) return all.filter((server) => servers.zone[server] === where.zone);
  return [...where];
}

function during(
  { model: { agenda }, servers, atMs, untilMs }: Scene,
  begin: (server: number) => void,
  end: (server: number) => void,
): void {
  for (const server of servers) {
    agenda.call(atMs, () => begin(server));
    agenda.call(untilMs, () => end(server));
  }
}

function goDown({ model, requests }: Scene, server: number, mode: CrashMode): void {
  const { servers, tap, agenda } = model;
  servers.mode[server] = mode === "refuse" ? MODE.refusing : MODE.silent;
  servers.caches[server]?.clear();
  tap?.state?.(agenda.now, server, mode === "refuse" ? "down" : "silent");
  requests.breakAll(server, mode === "hang");
}

function comeUp({ model }: Scene, server: number): void {
  model.servers.mode[server] = MODE.up;
  model.tap?.state?.(model.agenda.now, server, "up");
}

function slow({ model }: Scene, server: number, factor: number): void {
  model.servers.slow(server, factor);
  const what =
    factor >= 1 ? `slower ×${factor.toPrecision(3)}` : `faster ×${(1 / factor).toPrecision(3)}`;
  model.tap?.state?.(model.agenda.now, server, what);
}

function playPauses(
  { pauseMs, everyMs, regular }: Extract<Fault, { kind: "gc-pause" }>,
  { model, servers: paused, atMs, untilMs, stream }: Scene,
): void {
  const { agenda, servers, tap } = model;
  const resume = agenda.kind((server) => {
    servers.pause(server, -1);
    tap?.state?.(agenda.now, server, "goes on");
    plan(server);
  });
  const pause = agenda.kind((server) => {
    servers.pause(server, 1);
    tap?.state?.(agenda.now, server, "paused");
    agenda.at(agenda.now + pauseMs, resume, server, 0);
  });
  const plan = (server: number) => {
    const at = Math.max(atMs, agenda.now) + everyMs * (regular ? 1 : stream.exponential());
    if (at < untilMs) agenda.at(at, pause, server, 0);
  };
  for (const server of paused) plan(server);
}

function playAntagonist(
  { everyMs, shares }: Extract<Fault, { kind: "antagonist" }>,
  scene: Scene,
): void {
  const { agenda } = scene.model;
  const factors = new Map<number, number>();
  const step = agenda.kind((server) => {
    const taken = shares[scene.stream.below(shares.length)] ?? 0;
    const factor = 1 / (1 - taken);
    slow(scene, server, factor / (factors.get(server) ?? 1));
    factors.set(server, factor);
    const at = agenda.now + everyMs * scene.stream.exponential();
    if (at < scene.untilMs) agenda.at(at, step, server, 0);
  });
  for (const server of scene.servers) agenda.at(scene.atMs, step, server, 0);
}

function playRollingRestart(
  { everyMs, downMs, drainMs = 0, cold }: Extract<Fault, { kind: "rolling-restart" }>,
  scene: Scene,
): void {
  const { agenda, fleet } = scene.model;
  const include = (server: number, member: boolean) => {
    for (const view of fleet.viewsOf(server)) {
      view.joined = member;
      if (member) view.standing.upSinceMs = agenda.now;
    }
    fleet.update();
  };
  for (const [index, server] of scene.servers.entries()) {
    const at = scene.atMs + index * everyMs;
    agenda.call(at, () => include(server, false));
    agenda.call(at + drainMs, () => goDown(scene, server, "refuse"));
    agenda.call(at + drainMs + downMs, () => {
      comeUp(scene, server);
      include(server, true);
      if (cold !== undefined) warmUp(scene, server, cold);
    });
  }
}

const WARMING_STEPS = 30;

function warmUp(
  { model: { agenda, servers } }: Scene,
  server: number,
  { factor, decayMs }: Cold,
): void {
  let current = 1;
  const setTo = (next: number) => {
    servers.slow(server, next / current);
    current = next;
  };
  for (let step = 0; step <= WARMING_STEPS; step++) {
    const next = factor + ((1 - factor) * step) / WARMING_STEPS;
    agenda.call(agenda.now + (decayMs * step) / WARMING_STEPS, () => setTo(next));
  }
}
