// Health checks of the simulated servers. The balancer's own rule (rise-and-fall.ts) says when a check is made and how
// many results in a row change a server's state. A scenario may add a lag between the verdict and its effect; Tandem
// has no such lag. The laboratory also has passive ejection, which Tandem does not have: after several failures in a
// row a balancer leaves a server out for a while (Envoy's outlier detection).
import { RiseAndFall } from "@tandem/balancer/policies";
import type { Model } from "./model.ts";
import type { Requests } from "./requests.ts";
import type { HealthChecks } from "./scenario.ts";
import { MODE } from "./servers.ts";

export function startHealth(model: Model, requests: Requests): void {
  const { health } = model.scenario;
  if (health === undefined) return;
  if (health.ejection !== undefined) startEjection(model, requests, health.ejection);
  if (health.intervalMs > 0) startChecks(model, health);
}

function startChecks(model: Model, health: HealthChecks): void {
  const { agenda, servers } = model;
  const { rng } = model.stream("health checks");
  const monitors = Array.from({ length: servers.count }, () => ({
    rule: new RiseAndFall(),
    up: true,
  }));
  const settle = (server: number, passed: boolean) => {
    const monitor = monitors[server] as (typeof monitors)[number];
    const changes = monitor.rule.judge(passed, monitor.up, health);
    agenda.at(agenda.now + monitor.rule.pauseMs(health.intervalMs, rng), check, server, 0);
    if (!changes) return;
    monitor.up = passed;
    agenda.call(agenda.now + (health.lagMs ?? 0), () => tell(model, server, passed));
  };
  const late = agenda.kind((server) => settle(server, false));
  const check = agenda.kind((server) => {
    const mode = servers.mode[server] as number;
    // The process of a silent server is stopped. Its kernel still accepts connections, but no answer comes.
    if (mode === MODE.silent) agenda.at(agenda.now + health.timeoutMs, late, server, 0);
    else settle(server, mode === MODE.up || (mode === MODE.blackHole && !health.seesBlackHoles));
  });
  // The balancer is assumed to have run for a while, so the checks of its servers are spread over an interval.
  for (let server = 0; server < servers.count; server++)
    agenda.at((health.intervalMs * server) / servers.count, check, server, 0);
}

function tell(model: Model, server: number, healthy: boolean): void {
  for (const view of model.fleet.viewsOf(server)) {
    view.healthy = healthy;
    if (healthy) view.standing.upSinceMs = model.agenda.now;
  }
  model.tap?.state?.(model.agenda.now, server, healthy ? "healthy" : "unhealthy");
  model.fleet.update();
}

function startEjection(
  model: Model,
  requests: Requests,
  { failures, ejectMs }: NonNullable<HealthChecks["ejection"]>,
): void {
  const { agenda, fleet, tap } = model;
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
