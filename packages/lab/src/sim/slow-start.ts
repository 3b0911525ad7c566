// A server that joins gets a growing share: weight · max(minShare, (t / window)^(1 / aggression)), Envoy's
// curve; aggression 1 is linear. The weight moves in steps, as a balancer that is told by a timer would.
import type { World } from "./world.ts";

const STEPS = 30;

/** Returns what to call when a server has joined; it plans the weights. */
export function slowStart(world: World): (server: number) => void {
  const options = world.scenario.slowStart;
  if (options === undefined || options.windowMs <= 0) return () => {};
  const { windowMs, aggression = 1, minShare = 0.1 } = options;
  const { agenda, fleet } = world;
  return (server) => {
    const views = fleet.viewsOf(server);
    const setTo = (share: number) => {
      for (const view of views) view.weight = view.fullWeight * share;
    };
    setTo(minShare);
    for (let step = 1; step <= STEPS; step++) {
      const share = Math.max(minShare, (step / STEPS) ** (1 / aggression));
      agenda.call(agenda.now + (windowMs * step) / STEPS, () => {
        setTo(share);
        fleet.update();
      });
    }
  };
}
