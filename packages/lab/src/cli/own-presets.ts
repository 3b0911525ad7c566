// The scenarios of a user's file as the page offers them: one entry of its list for each variant.
import { basename } from "node:path";
import type { Preset } from "../page/run-state/presets.ts";
import type { Choice } from "../page/run-state/run-state.ts";
import type { Candidate, Study, Variant } from "../scenarios/study.ts";

/** Returns the presets of a study that was read from `file`. Their names are those that links have. */
export function ownPresets(study: Study, file: string): readonly Preset[] {
  const name = basename(file);
  const variants = study.variants(false);
  return variants.map((variant): Preset => {
    const { label, scenario } = variant;
    const alone = variants.length === 1;
    return {
      name: alone ? name : `${name}/${label}`,
      title: `${name} · ${alone ? study.title : `${study.title}: ${label}`}`,
      question: study.question,
      ...(study.source !== undefined && { source: study.source }),
      algorithms: pairOf(study, variant),
      scenario,
      file: name,
    };
  });
}

/** Returns the first two algorithms that run in the variant. */
function pairOf({ candidates }: Study, { only = [] }: Variant): readonly [Choice, Choice] {
  const running = candidates.filter(({ label }) => only.length === 0 || only.includes(label));
  const [a = FALLBACK, b = a] = running.map(choiceOf);
  return [a, b];
}

const FALLBACK: Choice = { algorithm: "round-robin", parameters: {} };

export function choiceOf({ algorithm, parameters = {} }: Candidate): Choice {
  return { algorithm, parameters };
}
