// Turns a Service into a process: signals, readiness, the drain deadline, the exit code.
import type { Service } from "./service.ts";

/** What a tier tells the supervisor that started it, over the IPC channel. */
export interface ReadyMessage {
  readonly type: "ready";
  /** Where the tier listens, such as `https://127.0.0.1:8443`. */
  readonly addresses: readonly string[];
}

/** Whether a process still answers: asked by its supervisor now and then. */
export interface PingMessage {
  readonly type: "ping";
}

/** Its answer. */
interface PongMessage {
  readonly type: "pong";
}

/** What became of a reload; told to the supervisor after each. */
export interface ReloadedMessage {
  readonly type: "reloaded";
  readonly ok: boolean;
  /** Lines for a person: what changed, or why nothing did. */
  readonly words: readonly string[];
  /** Where the tier listens now. */
  readonly addresses: readonly string[];
}

/** The part of a logger this file needs. */
export interface RunLogger {
  info(details: object, message: string): void;
  error(details: object, message: string): void;
}

export interface RunOptions {
  readonly drainMs: number;
  readonly logger: RunLogger;
  /** Asked once the service has started, and after a reload. */
  addresses(): readonly string[];
  /** At SIGHUP: reads the configuration again, or says why not. Must not reject, and may be called while it runs. */
  reload?(): Promise<{ readonly ok: boolean; readonly words: readonly string[] }>;
  /** Runs last, so that the words about the end are written too. */
  close(): Promise<void>;
}

/**
 * Runs `service` until SIGTERM, SIGINT or the supervisor's death, then drains and exits 0. A second
 * signal stops at once (exit 130). SIGHUP reloads what can reload. A failed start or an uncaught error exits 1 with its message on stderr.
 */
export async function runService(service: Service, options: RunOptions): Promise<void> {
  const { logger } = options;
  let ending = false;
  const exit = async (code: number): Promise<void> => {
    await service.stop().catch((error: unknown) => logger.error({ error }, "stop failed"));
    await options.close().catch(() => undefined);
    process.exit(code);
  };
  const crash = (error: unknown): void => {
    process.stderr.write(`${service.name}: ${error instanceof Error ? error.stack : error}\n`);
    logger.error({ error }, "crashed");
    void exit(1);
  };
  const drain = async (why: string): Promise<void> => {
    if (ending) return exit(130);
    ending = true;
    logger.info({ why, drainMs: options.drainMs }, "draining");
    await service.drain(options.drainMs);
    logger.info({}, "stopped");
    await exit(0);
  };
  process.on("SIGTERM", () => void drain("SIGTERM").catch(crash));
  process.on("SIGINT", () => void drain("SIGINT").catch(crash));
  // No second signal: a supervisor that dies while we drain must not cut what is being finished.
  process.once("disconnect", () => void (ending || drain("supervisor gone").catch(crash)));
  process.once("uncaughtException", crash);
  answerPings();
  const { promise, resolve: started } = Promise.withResolvers<void>();
  if (options.reload !== undefined) reloadOnHangUp(options, options.reload, promise);
  try {
    await service.start();
  } catch (error) {
    process.stderr.write(`${service.name}: ${error instanceof Error ? error.message : error}\n`);
    return exit(1);
  }
  started();
  const addresses = options.addresses();
  logger.info({ addresses }, "ready");
  const ready: ReadyMessage = { type: "ready", addresses };
  process.send?.(ready);
}

function answerPings(): void {
  const pong: PongMessage = { type: "pong" };
  process.on("message", (message: Partial<PingMessage> | null) => {
    if (message?.type === "ping" && process.connected) process.send?.(pong, () => undefined);
  });
}

/** A signal that comes during the start is not lost: the file may have changed after it was read. */
function reloadOnHangUp(
  options: RunOptions,
  reload: NonNullable<RunOptions["reload"]>,
  started: Promise<void>,
): void {
  process.on("SIGHUP", async () => {
    await started;
    const { ok, words } = await reload.call(options);
    const addresses = options.addresses();
    const reloaded: ReloadedMessage = { type: "reloaded", ok, words, addresses };
    process.send?.(reloaded);
  });
}
