// The choices in the page's list "Scenario": a sandbox in which every knob can be turned, scenarios of `tandem lab
// list`, and those of a file of the user's own.
import { STUDIES } from "../../scenarios/scenarios.ts";
import type { Scenario } from "../../sim/scenario.ts";
import type { Choice } from "./run-state.ts";

export interface Preset {
  /** The name in permalinks. The name must never change, because links contain it. */
  readonly name: string;
  readonly title: string;
  readonly question: string;
  readonly source?: string;
  /** The two algorithms that best show the point of the scenario. */
  readonly algorithms: readonly [Choice, Choice];
  readonly scenario: Scenario;
  /** The file that it comes from. Absent for those of the laboratory, which every page has. */
  readonly file?: string;
}

/** Returns the algorithm with the balancer's own parameters. */
function untuned(algorithm: string): Choice {
  return { algorithm, parameters: {} };
}

const SANDBOX: Preset = {
  name: "sandbox",
  title: "Sandbox",
  question: "What does each algorithm make of the same requests? Turn the knobs, disturb a server.",
  algorithms: [untuned("round-robin"), untuned("random")],
  scenario: {
    name: "sandbox",
    warmupMs: 2_000,
    durationMs: 60_000,
    traffic: { kind: "open", arrivals: { kind: "poisson", rate: 400 } },
    service: { kind: "exponential", mean: 20 },
    servers: [{ count: 10 }],
    measure: { seriesMs: 500 },
  },
};

/**
 * For some studies, the two algorithms that best show the point of the study. For every other study
 * the page starts with the first two different algorithms of the study. The visitor can choose
 * other algorithms.
 */
const PAIRS: Readonly<Record<string, readonly [string, string]>> = {
  S1: ["round-robin", "random"],
  S5: ["client-side-wrr", "prequal"],
  S8: ["least-conn", "round-robin"],
  S10: ["least-conn", "random"],
  S13: ["random", "uri"],
};

/**
 * For some studies, the index of the variant that the page shows, because it is the most
 * instructive to watch. The page shows the first variant of every other study.
 */
const SHOWN: Readonly<Record<string, number>> = { S1: 3, S3: 2, S5: 2, S10: 2 };

/**
 * A scenario with more requests than this is not offered here. A link to a run is restored by replaying all requests,
 * which would take too long.
 */
const MOST_REQUESTS = 3_000_000;

const presets: Preset[] = [SANDBOX, ...STUDIES.flatMap(ofStudy)];

/** All presets, those of the user's own file first. */
export const PRESETS: readonly Preset[] = presets;

/** Adds presets. The page does this before anything else. */
export function addPresets(more: readonly Preset[]): void {
  presets.unshift(...more);
}

function ofStudy(study: (typeof STUDIES)[number]): Preset[] {
  const variants = study.variants(false);
  const variant = variants[SHOWN[study.id] ?? 0] ?? variants[0];
  if (variant === undefined || requestsOf(variant.scenario) > MOST_REQUESTS) return [];
  const [first, second] = study.candidates;
  const [a, b] = PAIRS[study.id] ?? [
    first?.algorithm ?? "round-robin",
    study.candidates.find(({ algorithm }) => algorithm !== first?.algorithm)?.algorithm ??
      second?.algorithm ??
      "random",
  ];
  return [
    {
      name: study.name,
      title: `${study.id} · ${study.title}`,
      question: study.question,
      ...(study.source !== undefined && { source: study.source }),
      algorithms: [untuned(a), untuned(b)],
      scenario: variant.scenario,
    },
  ];
}

function requestsOf({ traffic, durationMs }: Scenario): number {
  if (traffic.kind === "closed" || traffic.arrivals.kind !== "poisson") return 0;
  const { rate } = traffic.arrivals;
  return typeof rate === "number" ? (rate * durationMs) / 1000 : 0;
}

export function presetOf(name: string): Preset | undefined {
  return PRESETS.find((preset) => preset.name === name);
}

export { SANDBOX };
