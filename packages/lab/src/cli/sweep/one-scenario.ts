// Finds the one scenario that a sweep or a search begins with.
import type { Study, Variant } from "../../scenarios/study.ts";
import { findSimulated } from "../find-study.ts";
import { UsageError } from "../terminal.ts";

interface Choice {
  readonly variants?: readonly string[];
  readonly full?: boolean;
  readonly anySize?: boolean;
}

/** Throws a UsageError when the study has several variants and the command line does not choose one. */
export function oneScenario(
  typed: string,
  choice: Choice,
): { readonly study: Study; readonly variant: Variant } {
  const study = findSimulated(typed, choice);
  const all = study.variants(choice.full === true);
  const { variants: words } = choice;
  const left =
    words === undefined
      ? all
      : all.filter(({ label }) => words.some((word) => label.includes(word)));
  const [variant] = left;
  if (variant !== undefined && left.length === 1) return { study, variant };
  const labels = all.map(({ label }) => label).join("; ");
  throw new UsageError(
    words === undefined
      ? `${study.id} has ${all.length} variants, expected one: --variants WORD chooses it; there are: ${labels}`
      : `--variants ${words.join(" ")}: ${left.length} variants of ${study.id} contain that, expected one; there are: ${labels}`,
  );
}
