// Rules of the balancer at work that need no socket, thread or clock of their own. The laboratory simulates with these
// very files and has none beside them. Nothing here or behind it needs Node; it runs in a browser as it is.

export type { Place, Waiter } from "./backend/queue.ts";
export { RetryBudget } from "./backend/retry-budget.ts";
export type { OwnedRequest, Wait } from "./backend/server-queues.ts";
export { Waiting } from "./backend/waiting.ts";
export { RAMP_MS, slowStartLimit } from "./eligibility/slow-start.ts";
export { mayTryAgain, neverSent, type ProxyErrorCode } from "./exchange/proxy-error.ts";
export { RiseAndFall } from "./health/rise-and-fall.ts";
export { type CounterRow, ROW } from "./memory/counters.ts";
