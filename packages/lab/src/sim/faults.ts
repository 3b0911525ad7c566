// Makes the faults of a scenario happen: applies each kind of fault to the simulated servers at its time.
import type { Cold, CrashMode, Fault, Where } from "./fault.ts";
import type { Requests } from "./requests.ts";
import { MODE } from "./servers.ts";
import type { Stream } from "./stream.ts";
import type { World } from "./world.ts";

interface Scene {
  readonly world: World;
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
        const { servers, tap, agenda } = scene.world;
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
    const { errorShare } = scene.world.servers;
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
    const { agenda } = scene.world;
    for (const server of scene.servers)
      for (let at = scene.atMs; at < scene.untilMs; at += upMs + downMs) {
        agenda.call(at, () => goDown(scene, server, mode));
        agenda.call(at + downMs, () => comeUp(scene, server));
      }
  },
  "rolling-restart": playRollingRestart,
  "cold-start": ({ factor, decayMs }, scene) => {
    for (const server of scene.servers)
      scene.world.agenda.call(scene.atMs, () => warmUp(scene, server, { factor, decayMs }));
  },
};

export function startFaults(world: World, requests: Requests): void {
  for (const [index, fault] of (world.scenario.faults ?? []).entries()) {
    const atMs = fault.atMs ?? 0;
    const untilMs = atMs + (fault.forMs ?? Number.POSITIVE_INFINITY);
    const play = PLAYS[fault.kind] as (fault: Fault, scene: Scene) => void;
    play(fault, {
      world,
      requests,
      servers: chosen(world, fault.servers),
      atMs,
      untilMs: Math.min(untilMs, endOf(world)),
      stream: world.stream(`fault ${index}`),
    });
  }
}

/** Returns the time after which no change by a fault is planned. A fault that is active then stays active. */
function endOf({ scenario }: World): number {
  return scenario.durationMs + (scenario.drainMs ?? scenario.client?.timeoutMs ?? 0);
}

function chosen({ servers }: World, where: Where | undefined): number[] {
  const all = Array.from({ length: servers.count }, (_, server) => server);
  if (where === undefined) return all;
  if ("first" in where) return all.slice(0, where.first);
  if ("zone" in where) return all.filter((server) => servers.zone[server] === where.zone);
  return [...where];
}

function during(
  { world: { agenda }, servers, atMs, untilMs }: Scene,
  begin: (server: number) => void,
  end: (server: number) => void,
): void {
  for (const server of servers) {
    agenda.call(atMs, () => begin(server));
    agenda.call(untilMs, () => end(server));
  }
}

function goDown({ world, requests }: Scene, server: number, mode: CrashMode): void {
  const { servers, tap, agenda } = world;
  servers.mode[server] = mode === "refuse" ? MODE.refusing : MODE.silent;
  servers.caches[server]?.clear();
  tap?.state?.(agenda.now, server, mode === "refuse" ? "down" : "silent");
  requests.breakAll(server, mode === "hang");
}

function comeUp({ world }: Scene, server: number): void {
  world.servers.mode[server] = MODE.up;
  world.tap?.state?.(world.agenda.now, server, "up");
}

function slow({ world }: Scene, server: number, factor: number): void {
  world.servers.slow(server, factor);
  const what =
    factor >= 1 ? `slower ×${factor.toPrecision(3)}` : `faster ×${(1 / factor).toPrecision(3)}`;
  world.tap?.state?.(world.agenda.now, server, what);
}

function playPauses(
  { pauseMs, everyMs, regular }: Extract<Fault, { kind: "gc-pause" }>,
  { world, servers: paused, atMs, untilMs, stream }: Scene,
): void {
  const { agenda, servers, tap } = world;
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
  const { agenda } = scene.world;
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
  const { agenda, fleet } = scene.world;
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
  { world: { agenda, servers } }: Scene,
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
