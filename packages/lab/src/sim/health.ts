// Health checks in the loop: each server is asked every interval, `fall` failures take it out and `rise`
// successes bring it back, after a lag. And passive: a balancer leaves a server out for a while after so
// many failures in a row of its own.

import type { Requests } from "./requests.ts";
import type { HealthChecks } from "./scenario.ts";
import { MODE } from "./servers.ts";
import type { World } from "./world.ts";

export function startHealth(world: World, requests: Requests): void {
  const { health } = world.scenario;
  if (health === undefined) return;
  if (health.ejection !== undefined) startEjection(world, requests, health.ejection);
  if (health.intervalMs > 0) startChecks(world, health);
}

function startChecks(world: World, health: HealthChecks): void {
  const { agenda, servers } = world;
  const healthy = new Uint8Array(servers.count).fill(1);
  const inRow = new Int32Array(servers.count);
  const settle = (server: number, passed: boolean) => {
    if (passed === (healthy[server] === 1)) {
      inRow[server] = 0;
      return;
    }
    const needed = passed ? health.rise : health.fall;
    if (++(inRow[server] as number) < needed) return;
    inRow[server] = 0;
    healthy[server] = passed ? 1 : 0;
    agenda.call(agenda.now + (health.lagMs ?? 0), () => tell(world, server, passed));
  };
  const late = agenda.kind((server) => settle(server, false));
  const check = agenda.kind((server) => {
    agenda.at(agenda.now + health.intervalMs, check, server, 0);
    const mode = servers.mode[server] as number;
    // A stopped process accepts (the kernel does) and answers nothing.
    if (mode === MODE.silent) agenda.at(agenda.now + health.timeoutMs, late, server, 0);
    else settle(server, mode === MODE.up || (mode === MODE.blackHole && !health.seesBlackHoles));
  });
  for (let server = 0; server < servers.count; server++)
    agenda.at((health.intervalMs * server) / servers.count, check, server, 0);
}

function tell(world: World, server: number, healthy: boolean): void {
  for (const view of world.fleet.viewsOf(server)) {
    view.healthy = healthy;
    if (healthy) view.standing.upSinceMs = world.agenda.now;
  }
  world.tap?.state?.(world.agenda.now, server, healthy ? "healthy" : "unhealthy");
  world.fleet.update();
}

function startEjection(
  world: World,
  requests: Requests,
  { failures, ejectMs }: NonNullable<HealthChecks["ejection"]>,
): void {
  const { agenda, fleet, tap } = world;
  requests.answeredBy = (balancer, view, ok) => {
    view.failuresInRow = ok ? 0 : view.failuresInRow + 1;
    if (view.failuresInRow < failures || view.ejected) return;
    view.failuresInRow = 0;
    view.ejected = true;
    tap?.state?.(agenda.now, view.server, "ejected");
    const users = fleet.balancers.filter((other) => other.views === balancer.views);
    for (const user of users) fleet.update(user);
    agenda.call(agenda.now + ejectMs, () => {
      view.ejected = false;
      tap?.state?.(agenda.now, view.server, "let in again");
      for (const user of users) fleet.update(user);
    });
  };
}
