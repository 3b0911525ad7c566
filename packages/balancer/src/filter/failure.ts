// Reports that a filter failed: to the filter's own `failed` method if it has one, otherwise to the operator.
import type { Filter, FilterContext } from "@tandem/filters";
import type { RequestHead } from "@tandem/http";
import type { Clock } from "@tandem/transport";

/** The clock and functions that all filter chains of a thread use. */
export interface FilterEnvironment {
  readonly clock: Clock;
  /** Tells the operator about a problem. This function has to suppress repeated messages itself. */
  readonly complain: (message: string) => void;
}

const PATIENCE_MS = 10_000;

export function patienceOf({ patienceMs = PATIENCE_MS }: Filter): number {
  return patienceMs;
}

/**
 * Reports that `filter` threw `thrown`. Returns the words for the access log, without the message of the error:
 * `NAME failed`.
 */
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
