// What the application needs (database, session store), asked for readiness: each need at most once in an interval,
// however many requests for readiness come, and one question at a time. An answer that does not come within SILENT_MS
// counts as away, so a frozen database is told like one that is gone.
import type { Readiness, ReadyCheck, ReadyStatus } from "@tandem/telemetry";
import type { Clock } from "@tandem/transport";

/** Something that may be away. */
export interface Need {
  readonly kind: "database" | "sessions";
  /** Where it is, for people; without a password. */
  readonly where: string;
  /** fail: no page without it. warn: pages go on. */
  readonly away: "warn" | "fail";
  /** Rejects when it does not answer. May take as long as it likes. */
  ask(): Promise<void>;
}

const INTERVAL_MS = 500;
const SILENT_MS = 800;
/** A request for readiness waits so long for answers; then it is told what was known before. */
const PATIENCE_MS = 250;

export class Needs {
  readonly #clock: Clock;
  readonly #watched: readonly Watched[];

  constructor(needs: readonly Need[], clock: Clock) {
    this.#clock = clock;
    this.#watched = needs.map((need) => new Watched(need, clock));
  }

  /** What we can do now, after asking what is due to be asked. */
  async readiness(): Promise<Readiness> {
    const answers = Promise.all(this.#watched.map((need) => need.look()));
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
  readonly #need: Need;
  readonly #clock: Clock;
  #askedAt = Number.NEGATIVE_INFINITY;
  #running: Promise<void> | undefined = undefined;
  #status: ReadyStatus = "pass";
  #since: number;
  #output = "";

  constructor(need: Need, clock: Clock) {
    this.#need = need;
    this.#clock = clock;
    this.#since = clock.wall();
  }

  get kind(): string {
    return this.#need.kind;
  }

  get check(): ReadyCheck {
    return {
      componentId: this.#need.where,
      status: this.#status,
      since: new Date(this.#since).toISOString(),
      output: this.#output,
      seenBy: "",
    };
  }

  /** Resolves when what is being asked is answered; at once when nothing is due. */
  async look(): Promise<void> {
    const due = this.#clock.now() - this.#askedAt >= INTERVAL_MS;
    if (due && this.#running === undefined) this.#running = this.#ask();
    await this.#running;
  }

  async #ask(): Promise<void> {
    this.#askedAt = this.#clock.now();
    let answered = false;
    // An answer that came while this process was busy is read before the verdict.
    const silence = this.#clock.after(SILENT_MS, () =>
      setImmediate(() => {
        if (!answered) this.#note(this.#need.away, `no answer within ${SILENT_MS} ms`);
      }),
    );
    try {
      await this.#need.ask();
      this.#note("pass", "");
    } catch (error) {
      this.#note(this.#need.away, reasonOf(error));
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

/** mysql2 leaves the message of a refused connection empty, and has its words in the errors below. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  return error.message === "" ? (code ?? error.name) : error.message;
}
