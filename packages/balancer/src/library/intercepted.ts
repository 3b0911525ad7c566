// One request on its way through the program's hooks. Whatever they do (throw, hang, answer nonsense,
// outlive their client), it ends in one call on its passage; what went wrong is told once.
import type { Fields } from "@tandem/http";
import type { AbortCause, Exchange, ExchangeListener } from "@tandem/http/exchange";
import type { Clock, Timer } from "@tandem/transport";
import type { EditResponse, Interceptor, Passage } from "../frontend/interceptor.ts";
import { sendAnswer } from "./answer.ts";
import { HeaderFields } from "./header-fields.ts";
import { type Answer, type Hooks, IncomingRequest } from "./hooks.ts";

/** A fault of the program's own code, and the request that met it. */
export interface HookFault {
  readonly error: Error;
  readonly hook: keyof Hooks;
  readonly request: IncomingRequest;
}

export interface InterceptionEnvironment {
  readonly hooks: Hooks;
  /** Names that `route` may return. */
  readonly backends: readonly string[];
  /** How long a promise of a hook may take. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly failed: (fault: HookFault) => void;
}

/** The interceptor that runs `hooks`. */
export function hookInterceptor(environment: InterceptionEnvironment): Interceptor {
  return {
    request: (exchange, passage) => new Intercepted(environment, exchange, passage).start(),
  };
}

class Intercepted implements ExchangeListener {
  readonly #environment: InterceptionEnvironment;
  readonly #exchange: Exchange;
  readonly #passage: Passage;
  readonly #request: IncomingRequest;
  #timer: Timer | undefined = undefined;
  /** Answered, refused or aborted: what a hook still says is not heard. */
  #over = false;
  #responseFailed = false;

  constructor(environment: InterceptionEnvironment, exchange: Exchange, passage: Passage) {
    this.#environment = environment;
    this.#exchange = exchange;
    this.#passage = passage;
    this.#request = new IncomingRequest(exchange, passage);
  }

  start(): void {
    const { request } = this.#environment.hooks;
    if (request === undefined) this.#route();
    else this.#run("request", request, (answer) => this.#answer(answer));
  }

  // ExchangeListener, while a hook takes its time.

  drained(): void {}

  /** A client that half-closes while it waits has left, as in the queue. */
  halfClosed(): void {
    this.#exchange.truncate();
    this.aborted("client-closed");
  }

  aborted(cause: AbortCause): void {
    this.#end();
    this.#passage.aborted(this.#exchange, cause);
  }

  #answer(answer: Answer | undefined): void {
    if (answer === undefined) {
      this.#route();
      return;
    }
    const { clock } = this.#environment;
    const fault = sendAnswer(answer, clock, (status, fields: Fields, body) =>
      this.#passage.answer(this.#exchange, status, fields, body),
    );
    if (fault !== undefined) this.#fail("request", fault);
  }

  #route(): void {
    const { hooks, backends } = this.#environment;
    if (hooks.route === undefined) {
      this.#forward(undefined);
      return;
    }
    this.#run("route", hooks.route, (name) => {
      if (name === undefined || backends.includes(name)) this.#forward(name);
      else {
        const known = backends.map((backend) => `"${backend}"`).join(", ");
        this.#fail(
          "route",
          new TypeError(`There is no backend ${JSON.stringify(name)}; there are: ${known}`),
        );
      }
    });
  }

  #forward(backend: string | undefined): void {
    const edit = this.#environment.hooks.response === undefined ? undefined : this.#editResponse;
    this.#passage.forward(this.#exchange, backend, edit);
  }

  readonly #editResponse: EditResponse = (fields, status) => {
    if (this.#responseFailed) return true; // the error page its failure led to
    try {
      const editing: unknown = this.#environment.hooks.response?.(
        { status, fields: new HeaderFields(fields) },
        this.#request,
      );
      if (!isPromise(editing)) return true;
      Promise.resolve(editing).then(undefined, () => undefined);
      throw new TypeError("The response hook returned a promise; it has to be done at once");
    } catch (error) {
      this.#responseFailed = true;
      this.#tell("response", error);
      return false;
    }
  };

  #run<T>(
    hook: "request" | "route",
    call: (request: IncomingRequest) => T | Promise<T>,
    then: (result: T) => void,
  ): void {
    let result: T | Promise<T>;
    try {
      result = call(this.#request);
    } catch (error) {
      this.#fail(hook, error);
      return;
    }
    if (isPromise(result)) this.#wait(hook, result, then);
    else then(result);
  }

  #wait<T>(hook: "request" | "route", promise: Promise<T>, then: (result: T) => void): void {
    const { clock, timeoutMs } = this.#environment;
    this.#exchange.listener = this;
    this.#timer = clock.after(timeoutMs, () =>
      this.#fail(hook, new Error(`The ${hook} hook took longer than ${timeoutMs} ms`)),
    );
    Promise.resolve(promise).then(
      (result) => {
        this.#timer?.cancel();
        if (!this.#over) then(result);
      },
      (error: unknown) => {
        if (!this.#over) this.#fail(hook, error);
      },
    );
  }

  #fail(hook: "request" | "route", error: unknown): void {
    this.#end();
    this.#tell(hook, error);
    this.#passage.refuse(
      this.#exchange,
      "request-hook-failed",
      `the program's ${hook} hook failed`,
    );
  }

  #tell(hook: keyof Hooks, thrown: unknown): void {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    this.#environment.failed({ error, hook, request: this.#request });
  }

  #end(): void {
    this.#over = true;
    this.#timer?.cancel();
  }
}

function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return (
    typeof value === "object" &&
    value !== null &&
    "then" in value &&
    typeof value.then === "function"
  );
}
