// The filters of a frontend or of a route, in the order in which they see a request. The chain is compiled when the
// configuration is loaded. Without filters there is no chain, and a request costs only one comparison.
//
//   pass ──every filter lets the request pass at once──▶ undefined: the caller goes on
//     └──a filter answers, refuses, throws, returns a promise or chose a backend──▶ a Halt, whose `settle` goes on
import type { Answer, Filter, FilterContext, Verdict } from "@tandem/filters";
import type { Fields, RequestHead } from "@tandem/http";
import type { AbortCause, Exchange } from "@tandem/http/exchange";
import type { EditResponse } from "../exchange/edit-response.ts";
import type { ProxyErrorCode } from "../exchange/proxy-error.ts";
import { editing } from "./editing.ts";
import { type FilterEnvironment, patienceOf, tellFailure } from "./failure.ts";
import { type OwnAnswer, ownAnswer } from "./own-answer.ts";
import { isPromise } from "./promised.ts";
import { Waiting } from "./waiting.ts";

/**
 * The owner of the request: the connection on which the request came. Each of its methods ends the request, with one
 * access record.
 */
export interface FilterOwner extends FilterContext {
  /** Sends a complete answer that no server gave. */
  answer(exchange: Exchange, status: number, fields: Fields, body: Buffer): void;
  /** Sends an error page, after `edit` has edited its fields. */
  refuse(
    exchange: Exchange,
    code: ProxyErrorCode,
    cause: string,
    edit: EditResponse | undefined,
  ): void;
  /** Called when the exchange was aborted while a filter kept the request waiting. */
  aborted(exchange: Exchange, cause: AbortCause): void;
}

/**
 * Sends on a request that all filters let pass: to the backend named `backend`, or, when `backend` is undefined, to the
 * backend that the routes choose.
 */
type Onward = (backend: string | undefined) => void;

export class FilterChain {
  readonly #filters: readonly Filter[];
  readonly #environment: FilterEnvironment;
  readonly #outer: FilterChain | undefined;
  /** The filters that see the answer of a request that passed the whole chain, in the order in which they see it. */
  readonly #responses: readonly Filter[];

  /**
   * Makes the chain; undefined when there are no filters.
   * @param outer the chain that a request has passed before this chain
   */
  static of(
    filters: readonly Filter[],
    environment: FilterEnvironment,
    outer?: FilterChain,
  ): FilterChain | undefined {
    return filters.length === 0 ? undefined : new FilterChain(filters, environment, outer);
  }

  private constructor(
    filters: readonly Filter[],
    environment: FilterEnvironment,
    outer: FilterChain | undefined,
  ) {
    this.#filters = filters;
    this.#environment = environment;
    this.#outer = outer;
    this.#responses = this.#responsesBefore(filters.length);
  }

  /**
   * Asks the filters, starting with the filter at index `from`. `before` is the backend that an
   * earlier filter chose. Returns undefined when all filters let the request pass at once and no
   * filter chose a backend.
   */
  pass(request: RequestHead, context: FilterContext, from = 0, before?: string): Halt | undefined {
    const filters = this.#filters;
    let backend = before;
    for (let i = from; i < filters.length; i++) {
      const filter = filters[i];
      if (filter?.request === undefined) continue;
      let verdict: Verdict | Promise<Verdict>;
      try {
        verdict = filter.request(request, context);
      } catch (error) {
        return new Halt(this, i, backend, new Thrown(error));
      }
      if (verdict === undefined) continue;
      if (!says(verdict, "backend")) return new Halt(this, i, backend, verdict);
      ({ backend } = verdict);
    }
    return backend === undefined ? undefined : new Halt(this, filters.length, backend, undefined);
  }

  /** Returns the function that edits the answer to a request that passed the whole chain; undefined = none. */
  editing(request: RequestHead, context: FilterContext): EditResponse | undefined {
    const responses = this.#responses;
    if (responses.length === 0) return undefined;
    return editing(responses, request, context, this.#environment);
  }

  /**
   * Returns the function that edits an answer which the filter at `index` gave. The function asks only the filters
   * that the request passed before that filter. Undefined when none of them edits answers.
   */
  editingBefore(
    index: number,
    request: RequestHead,
    context: FilterContext,
  ): EditResponse | undefined {
    const responses = this.#responsesBefore(index);
    if (responses.length === 0) return undefined;
    return editing(responses, request, context, this.#environment);
  }

  /**
   * Called when the filter at `index` failed. Reports the error to the filter itself or to the operator, and returns
   * the words for the log.
   */
  failed(index: number, error: unknown, request: RequestHead, context: FilterContext): string {
    const filter = this.#filters[index];
    return filter === undefined
      ? ""
      : tellFailure(filter, error, request, context, this.#environment);
  }

  /** Checks an answer that a filter gave. Throws when the answer cannot be sent. */
  checked(answer: Answer): OwnAnswer {
    return ownAnswer(answer, this.#environment.clock);
  }

  wait(index: number, waiting: Waiting, promise: Promise<Verdict>): void {
    const filter = this.#filters[index];
    if (filter !== undefined) waiting.start(promise, this.#environment.clock, patienceOf(filter));
  }

  #responsesBefore(index: number): readonly Filter[] {
    const own = this.#filters.slice(0, index).filter(({ response }) => response !== undefined);
    return [...own.reverse(), ...(this.#outer?.responses ?? [])];
  }

  get responses(): readonly Filter[] {
    return this.#responses;
  }
}

class Thrown {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

/**
 * What to do with a request that the chain did not simply let pass: carry out the verdict of the filter at `index`,
 * or send the request to the backend that a filter chose.
 */
export class Halt {
  readonly #chain: FilterChain;
  readonly #index: number;
  readonly #backend: string | undefined;
  readonly #found: Verdict | Promise<Verdict> | Thrown;

  constructor(
    chain: FilterChain,
    index: number,
    backend: string | undefined,
    found: Verdict | Promise<Verdict> | Thrown,
  ) {
    this.#chain = chain;
    this.#index = index;
    this.#backend = backend;
    this.#found = found;
  }

  /** Carries the verdict out: calls `onward` or a method of `owner`, exactly one of them, at once or later. */
  settle(exchange: Exchange, owner: FilterOwner, onward: Onward): void {
    const found = this.#found;
    if (found === undefined) onward(this.#backend);
    else if (found instanceof Thrown) this.#fail(exchange, owner, found.error);
    else if (isPromise(found)) this.#wait(found, exchange, owner, onward);
    else if (says(found, "answer")) this.#answer(found.answer, exchange, owner);
    else if (says(found, "refuse")) {
      owner.refuse(exchange, found.refuse, found.cause, this.#editing(exchange, owner));
    } else
      this.#fail(exchange, owner, new TypeError("Its verdict has no answer, refuse or backend"));
  }

  #wait(promise: Promise<Verdict>, exchange: Exchange, owner: FilterOwner, onward: Onward): void {
    const [chain, index] = [this.#chain, this.#index];
    const waiting = new Waiting(exchange, {
      came: (verdict) => {
        const chosen = says(verdict, "backend");
        const backend = chosen ? verdict.backend : this.#backend;
        const halt =
          verdict === undefined || chosen
            ? chain.pass(exchange.head, owner, index + 1, backend)
            : new Halt(chain, index, backend, verdict);
        if (halt === undefined) onward(undefined);
        else halt.settle(exchange, owner, onward);
      },
      failed: (error) => this.#fail(exchange, owner, error),
      aborted: (cause) => owner.aborted(exchange, cause),
    });
    chain.wait(index, waiting, promise);
  }

  #answer(answer: Answer, exchange: Exchange, owner: FilterOwner): void {
    let own: OwnAnswer;
    try {
      own = this.#chain.checked(answer);
    } catch (error) {
      this.#fail(exchange, owner, error);
      return;
    }
    const edit = this.#editing(exchange, owner);
    const edited = edit?.(own.fields, own.status, false);
    if (edited?.fault === undefined) owner.answer(exchange, own.status, own.fields, own.body);
    else owner.refuse(exchange, "response-filter-failed", edited.fault, edit);
  }

  #fail(exchange: Exchange, owner: FilterOwner, error: unknown): void {
    const cause = this.#chain.failed(this.#index, error, exchange.head, owner);
    const edit = this.#editing(exchange, owner);
    owner.refuse(exchange, "request-filter-failed", cause, edit);
  }

  #editing({ head }: Exchange, owner: FilterOwner): EditResponse | undefined {
    return this.#chain.editingBefore(this.#index, head, owner);
  }
}

/**
 * Returns whether the verdict has the key `key`. The check is made at run time, because a filter of an embedding
 * program may be written in JavaScript.
 */
function says<Key extends "answer" | "refuse" | "backend">(
  found: Verdict | Promise<Verdict>,
  key: Key,
): found is Extract<Verdict, Readonly<Record<Key, unknown>>> {
  return typeof found === "object" && found !== null && key in found;
}
