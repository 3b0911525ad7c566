// A filter that did not do what it has to: the filter itself is told, or the operator.
import type { Filter, FilterContext } from "@tandem/filters";
import type { RequestHead } from "@tandem/http";
import type { Clock } from "@tandem/transport";

/** What all chains of a thread run with. */
export interface FilterEnvironment {
  readonly clock: Clock;
  /** Tells the operator; repeats of one message are the teller's to thin out. */
  readonly complain: (message: string) => void;
}

const PATIENCE_MS = 10_000;

export function patienceOf({ patienceMs = PATIENCE_MS }: Filter): number {
  return patienceMs;
}

/** Returns the words for the access log, which do not repeat what was thrown. */
export function tellFailure(
  filter: Filter,
  thrown: unknown,
  request: RequestHead,
  context: FilterContext,
  { complain }: FilterEnvironment,
): string {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (filter.failed === undefined) complain(`the filter ${filter.name} failed: ${error.stack}`);
  else filter.failed(error, request, context);
  return `${filter.name} failed`;
}
