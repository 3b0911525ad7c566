// Rules of the running balancer that need no socket, thread or clock of their own. The laboratory simulates with
// these same files, and has no other versions of these rules. Nothing that this file imports needs Node, so that it
// runs in a browser unchanged.

export type { Place, Waiter } from "./backend/queue.ts";
export { RetryBudget } from "./backend/retry-budget.ts";
export type { BoundRequest, Wait } from "./backend/server-queues.ts";
export { Waiting } from "./backend/waiting.ts";
export {
  type CreatePicker,
  createPickerOf,
  MODULE_PAGE,
  type ModuleWords,
  makePicker,
} from "./balance/create-picker.ts";
export { type Complain, guarded } from "./balance/guarded.ts";
export { RAMP_MS, slowStartLimit } from "./eligibility/slow-start.ts";
export { mayTryAgain, neverSent, type ProxyErrorCode } from "./exchange/proxy-error.ts";
export { RiseAndFall } from "./health/rise-and-fall.ts";
export { type CounterRow, ROW } from "./memory/counters.ts";
