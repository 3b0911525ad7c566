// Makes one edit of the answer out of all response filters of a request.
import type { Filter, FilterContext } from "@tandem/filters";
import type { Fields, RequestHead } from "@tandem/http";
import type { EditResponse, Fault, Transforms } from "../exchange/edit-response.ts";
import { type FilterEnvironment, patienceOf, tellFailure } from "./failure.ts";
import { AnswerInChain } from "./filtered-answer.ts";
import { isPromise } from "./promised.ts";

/**
 * Returns a function that lets all `filters` edit an answer.
 * @param filters in the order in which they see the answer: the filter nearest to the server first
 */
export function editing(
  filters: readonly Filter[],
  request: RequestHead,
  context: FilterContext,
  environment: FilterEnvironment,
): EditResponse {
  const run = new Editing(filters, request, context, environment);
  return (fields, status, transformable) => run.edit(fields, status, transformable);
}

class Editing {
  readonly #filters: readonly Filter[];
  readonly #request: RequestHead;
  readonly #context: FilterContext;
  readonly #environment: FilterEnvironment;
  /** The filter that failed. It is not called again for the error page that follows its failure. */
  #failed: Filter | undefined = undefined;

  constructor(
    filters: readonly Filter[],
    request: RequestHead,
    context: FilterContext,
    environment: FilterEnvironment,
  ) {
    this.#filters = filters;
    this.#request = request;
    this.#context = context;
    this.#environment = environment;
  }

  edit(fields: Fields, status: number, transformable: boolean): Fault | Transforms | undefined {
    let [asked] = this.#filters;
    if (asked === undefined) return undefined;
    let current = asked;
    const answer = new AnswerInChain(fields, status, transformable, () => current);
    for (asked of this.#filters) {
      if (asked === this.#failed) continue;
      current = asked;
      try {
        this.#ask(asked, answer);
      } catch (error) {
        this.#failed = asked;
        return { fault: this.#tell(asked, error) };
      }
    }
    return answer.makes.length === 0 ? undefined : this.#transforms(answer);
  }

  #ask(filter: Filter, answer: AnswerInChain): void {
    const result: unknown = filter.response?.(answer, this.#request, this.#context);
    if (!isPromise(result)) return;
    Promise.resolve(result).then(undefined, () => undefined);
    throw new TypeError(`${filter.name} returned a promise; it has to be done at once`);
  }

  #transforms({ makes, makers }: AnswerInChain): Transforms {
    return {
      fault: undefined,
      makes,
      patienceMs: Math.max(...makers.map(patienceOf)),
      failed: (error, index) => {
        this.#failed = makers[index];
        return this.#failed === undefined ? "" : this.#tell(this.#failed, error);
      },
    };
  }

  #tell(filter: Filter, error: unknown): string {
    return tellFailure(filter, error, this.#request, this.#context, this.#environment);
  }
}
