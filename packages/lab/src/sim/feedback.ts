// Sends load reports from the servers to the balancers. A scenario chooses when they are sent: with every answer, at an
// interval, when a server falls idle, or when a picker asks (a probe, which takes time and may get lost).

import type { Model } from "./model.ts";
import type { Requests } from "./requests.ts";
import { MODE } from "./servers.ts";

/** A picker that makes no picks is asked at this interval, in milliseconds, which servers to probe. */
const IDLE_PROBE_MS = 1000;

export function startFeedback(model: Model, requests: Requests): void {
  const reports = model.scenario.reports ?? {};
  const asks = model.fleet.balancers.some(({ picker }) => picker.probes !== undefined);
  const listens = model.fleet.balancers.some(({ picker }) => picker.report !== undefined);
  if (!listens) return;
  requests.tracksLoad = asks || reports.inAnswers === true || reports.everyMs !== undefined;
  requests.reportsInAnswers = reports.inAnswers === true;
  if (asks) startProbes(model, requests);
  if (reports.everyMs !== undefined) startPeriodic(model, reports.everyMs);
  if (reports.whenIdle) startIdleReports(model, requests);
}

function startProbes(model: Model, requests: Requests): void {
  const { agenda, fleet, servers, meter, scenario } = model;
  const { rttMs = 0, probeRttMs = rttMs, probeLoss = 0 } = scenario.network ?? {};
  const luck = model.stream("probe loss");
  const pickedAt = new Float64Array(fleet.balancers.length);
  const deliver = agenda.kind((balancer, server) => report(model, balancer, server));
  const ask = (balancer: number) => {
    const list = fleet.balancers[balancer]?.picker.probes?.() ?? [];
    for (const { server } of list) {
      meter.probes++;
      if (probeLoss > 0 && luck.next() < probeLoss) continue;
      if (servers.mode[server] !== MODE.up || servers.paused(server)) continue;
      // The load is read when the answer arrives at the balancer. A real server would read it earlier, when it sends
      // the answer, but the load changes little on the way back.
      if (probeRttMs === 0) report(model, balancer, server);
      else agenda.at(agenda.now + probeRttMs, deliver, balancer, server);
    }
  };
  requests.picked = (balancer) => {
    pickedAt[balancer] = agenda.now;
    ask(balancer);
  };
  const tick = agenda.kind((balancer) => {
    if (agenda.now - (pickedAt[balancer] as number) >= IDLE_PROBE_MS) ask(balancer);
    agenda.at(agenda.now + IDLE_PROBE_MS, tick, balancer, 0);
  });
  for (let balancer = 0; balancer < fleet.balancers.length; balancer++)
    agenda.at(0, tick, balancer, 0);
}

function report(model: Model, balancer: number, server: number): void {
  const to = model.fleet.balancers[balancer];
  const view = to?.views[server];
  if (view !== undefined) to?.picker.report?.(view, model.servers.report(server));
}

function startPeriodic(model: Model, everyMs: number): void {
  const { agenda, servers, fleet } = model;
  const tell = agenda.kind((server) => {
    agenda.at(agenda.now + everyMs, tell, server, 0);
    if (servers.mode[server] !== MODE.up) return;
    for (let balancer = 0; balancer < fleet.balancers.length; balancer++)
      report(model, balancer, server);
  });
  for (let server = 0; server < servers.count; server++)
    agenda.at((everyMs * server) / servers.count, tell, server, 0);
}

/**
 * Makes an idle server report to one balancer. The server reports to another balancer only after the first balancer has
 * picked the server, so a server is in at most one queue of idle servers. Meanwhile another balancer may send the
 * server a request, which the paper on join-idle-queue allows too.
 */
function startIdleReports(model: Model, requests: Requests): void {
  const luck = model.stream("idle reports");
  const balancers = model.fleet.balancers.length;
  const knownBy = new Int32Array(model.servers.count).fill(-1);
  requests.picked = (balancer, server) => {
    if (knownBy[server] === balancer) knownBy[server] = -1;
  };
  requests.idle = (server) => {
    if (knownBy[server] !== -1) return;
    const balancer = luck.below(balancers);
    knownBy[server] = balancer;
    report(model, balancer, server);
  };
  // Before the first request every server is idle.
  for (let server = 0; server < model.servers.count; server++) requests.idle(server);
}
