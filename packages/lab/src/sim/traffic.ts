// Feeds the simulation with requests, in an open or a closed loop. Each kind of draw (demand, key, balancer) has its own
// stream, so the nth request is the same with every algorithm.
import { compileArrivals } from "./arrivals.ts";
import { compileDistribution } from "./distribution.ts";
import type { Model } from "./model.ts";
import type { Requests } from "./requests.ts";
import type { ClosedTraffic, OpenTraffic, Scenario } from "./scenario.ts";
import type { Stream } from "./stream.ts";
import { Zipf } from "./zipf.ts";

export function startTraffic(model: Model, requests: Requests): void {
  const { traffic } = model.scenario;
  const issue = issuer(model, requests);
  if (traffic.kind === "open") startOpen(model, traffic, issue);
  else startClosed(model, traffic, issue, requests);
}

/** Returns a function that draws the demand, key and balancer of a request and lets the request arrive. */
function issuer(model: Model, requests: Requests): (user: number) => void {
  const { scenario, fleet } = model;
  const service = compileDistribution(scenario.service);
  const demands = model.stream("service");
  const drawKey = keyDrawer(scenario, model.stream("keys"));
  const places = model.stream("balancers");
  const place = chooser(scenario, fleet.balancers.length);
  return (user) => {
    const key = drawKey();
    const balancer = place === undefined ? 0 : place(places.next());
    requests.arrive(service.sample(demands), key, balancer, user);
  };
}

/** Returns a function that draws the key of a request; −1 = no key. */
function keyDrawer({ keys }: Scenario, stream: Stream): () => number {
  if (keys === undefined) return () => -1;
  const { values } = keys;
  if (values !== undefined) {
    let at = 0;
    return () => values[at++ % values.length] ?? -1;
  }
  const zipf = new Zipf(keys.count, keys.zipf);
  return () => zipf.draw(stream.next());
}

function chooser(scenario: Scenario, count: number): ((uniform: number) => number) | undefined {
  if (count === 1) return undefined;
  const shares = scenario.balancers?.shares;
  if (shares === undefined) return (uniform) => Math.floor(uniform * count);
  const total = shares.reduce((sum, share) => sum + share, 0);
  const bounds = shares.map(
    (_, last) => shares.slice(0, last + 1).reduce((sum, share) => sum + share, 0) / total,
  );
  return (uniform) =>
    Math.max(
      0,
      bounds.findIndex((bound) => uniform < bound),
    );
}

function startOpen(model: Model, traffic: OpenTraffic, issue: (user: number) => void): void {
  const { agenda, scenario } = model;
  const process = compileArrivals(traffic.arrivals, scenario.durationMs);
  const stream = model.stream("arrivals");
  const plan = () => {
    const time = process.next(agenda.now, stream);
    if (time < scenario.durationMs) arrival.plan(time);
  };
  const arrival = agenda.sole(() => {
    plan();
    issue(-1);
  });
  plan();
}

function startClosed(
  model: Model,
  traffic: ClosedTraffic,
  issue: (user: number) => void,
  requests: Requests,
): void {
  const { agenda, scenario } = model;
  const think = compileDistribution(traffic.think);
  const stream = model.stream("think");
  const ask = agenda.kind((user) => {
    if (agenda.now < scenario.durationMs) issue(user);
  });
  requests.userDone = (user) => agenda.at(agenda.now + think.sample(stream), ask, user, 0);
  const rampMs = traffic.rampMs ?? think.mean;
  for (let user = 0; user < traffic.users; user++)
    agenda.at((rampMs * user) / traffic.users, ask, user, 0);
}
