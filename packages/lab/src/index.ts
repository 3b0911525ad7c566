// The laboratory: a discrete-event simulator that runs the balancer's own algorithms, and the studies and checks made
// with this simulator. No file that is exported here needs Node, so all of them run in a browser's worker too.
export { type Check, type Finding, runCheck, type Verdict } from "./checks/check.ts";
export { CHECKS } from "./checks/checks.ts";
export { adviceForTwo, type MapAdvice, type TwoBoxes } from "./map/advice.ts";
export type { Policy } from "./map/policies.ts";
export {
  DEFAULT_SEEDS,
  judgedRows,
  type MetricValues,
  runStudy,
  type StudyOptions,
  type StudyRow,
} from "./scenarios/run-study.ts";
export type { ChurnRow } from "./scenarios/s14-churn.ts";
export {
  madeUpTrace,
  type Trace,
  type TraceOptions,
  traceScenario,
  traceStudy,
} from "./scenarios/s17-trace.ts";
export { churn, STUDIES } from "./scenarios/scenarios.ts";
export {
  CANDIDATES,
  type Candidate,
  hashing,
  METRICS,
  type Metric,
  type Study,
  type Variant,
} from "./scenarios/study.ts";
export {
  type CheckOptions,
  candidateFindings,
  ScenarioError,
  scenarioFindings,
} from "./schema/check.ts";
export { ALGORITHMS, type Parameters, YARDSTICKS } from "./sim/algorithms.ts";
export type { Arrivals, Rate } from "./sim/arrivals.ts";
export { rateAt } from "./sim/arrivals.ts";
export { compileDistribution, type Distribution, type Sampler } from "./sim/distribution.ts";
export type { CrashMode, Fault, Where } from "./sim/fault.ts";
export type { LatencySummary, Result, ServerResult } from "./sim/result.ts";
export type * from "./sim/scenario.ts";
export type { SeriesRow } from "./sim/series.ts";
export {
  type ServerSnapshot,
  Simulation,
  type SimulationOptions,
  type Snapshot,
  simulate,
} from "./sim/simulation.ts";
export { Stream } from "./sim/stream.ts";
export { EventHash, type RequestOutcome, type Tap } from "./sim/tap.ts";
export { type Comparison, comparePaired, judgedTogether } from "./stats/compare.ts";
export { type Disruption, disruption } from "./stats/disruption.ts";
export { type Estimate, estimate } from "./stats/estimate.ts";
export { Histogram } from "./stats/histogram.ts";
export { type Imbalance, imbalanceOf } from "./stats/imbalance.ts";
