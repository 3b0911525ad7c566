// Checks the services that the application depends on (database, session store), to report readiness. Each service is
// asked at most once in INTERVAL_MS, however many requests for readiness come, and never while an earlier question is
// unanswered. A service that does not answer within SILENT_MS counts as unreachable, so a frozen database is reported
// like a stopped one.
import type { Readiness, ReadyCheck, ReadyStatus } from "@tandem/telemetry";
import type { Clock } from "@tandem/transport";

/** A service that the application uses and that may be unreachable. */
export interface Dependency {
  readonly kind: "database" | "sessions";
  /** The address of the service, in a form for people to read; without a password. */
  readonly where: string;
  /** The status that is reported for an unreachable service. fail: no page works without it. warn: pages work. */
  readonly away: "warn" | "fail";
  /**
   * Asks the service; rejects when the service does not answer. May take any time, because the caller limits the wait.
   */
  ask(): Promise<void>;
}

const INTERVAL_MS = 500;
const SILENT_MS = 800;
/**
 * How many milliseconds a request for readiness waits for the services' answers. After that time, the last known state
 * is reported.
 */
const PATIENCE_MS = 250;

export class Dependencies {
  readonly #clock: Clock;
  readonly #watched: readonly Watched[];

  constructor(dependencies: readonly Dependency[], clock: Clock) {
    this.#clock = clock;
    this.#watched = dependencies.map((dependency) => new Watched(dependency, clock));
  }

  /**
   * Returns the present readiness, and first asks each service again that was last asked at least INTERVAL_MS ago.
   * Waits for the answers, but no longer than PATIENCE_MS.
   */
  async readiness(): Promise<Readiness> {
    const answers = Promise.all(this.#watched.map((dependency) => dependency.look()));
    const { promise: patience, resolve } = Promise.withResolvers<void>();
    const timer = this.#clock.after(PATIENCE_MS, resolve);
    await Promise.race([answers, patience]);
    timer.cancel();
    const checks = Map.groupBy(this.#watched, ({ kind }) => kind);
    const away = this.#watched.filter(({ check }) => check.status !== "pass");
    return {
      status: away.length === 0 ? "pass" : "warn",
      draining: false,
      output: away.map(({ kind, check }) => `${kind}: ${check.output}`).join("; "),
      checks: Object.fromEntries(
        [...checks].map(([kind, all]) => [kind, all.map(({ check }) => check)]),
      ),
    };
  }
}

class Watched {
  readonly #dependency: Dependency;
  readonly #clock: Clock;
  #askedAt = Number.NEGATIVE_INFINITY;
  #running: Promise<void> | undefined = undefined;
  #status: ReadyStatus = "pass";
  #since: number;
  #output = "";

  constructor(dependency: Dependency, clock: Clock) {
    this.#dependency = dependency;
    this.#clock = clock;
    this.#since = clock.wall();
  }

  get kind(): string {
    return this.#dependency.kind;
  }

  get check(): ReadyCheck {
    return {
      componentId: this.#dependency.where,
      status: this.#status,
      since: new Date(this.#since).toISOString(),
      output: this.#output,
      seenBy: "",
    };
  }

  /**
   * Asks the service again if it was last asked at least INTERVAL_MS ago and has answered. Resolves when the service
   * has answered the latest question.
   */
  async look(): Promise<void> {
    const due = this.#clock.now() - this.#askedAt >= INTERVAL_MS;
    if (due && this.#running === undefined) this.#running = this.#ask();
    await this.#running;
  }

  async #ask(): Promise<void> {
    this.#askedAt = this.#clock.now();
    let answered = false;
    // While this process was busy, an answer may have arrived without being read. `setImmediate` lets this process read
    // the answer before the service is judged silent.
    const silence = this.#clock.after(SILENT_MS, () =>
      setImmediate(() => {
        if (!answered) this.#note(this.#dependency.away, `no answer within ${SILENT_MS} ms`);
      }),
    );
    try {
      await this.#dependency.ask();
      this.#note("pass", "");
    } catch (error) {
      this.#note(this.#dependency.away, reasonOf(error));
    } finally {
      answered = true;
      silence.cancel();
      this.#running = undefined;
    }
  }

  #note(status: ReadyStatus, output: string): void {
    if (status !== this.#status) this.#since = this.#clock.wall();
    this.#status = status;
    this.#output = output;
  }
}

/**
 * Returns the reason of a failure. When a connection is refused, the message of mysql2's error is empty. The reason is
 * then in the errors that this error contains.
 */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  return error.message === "" ? (code ?? error.name) : error.message;
}
