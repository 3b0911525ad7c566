// Runs a Service as a process: handles signals, readiness, the drain deadline and the exit code.
import { giveBackMemory } from "./give-back.ts";
import type { Service } from "./service.ts";
import { type ServiceManager, serviceManager } from "./service-manager.ts";

/** The message that a tier sends over the IPC channel, when it is ready, to the supervisor that started it. */
export interface ReadyMessage {
  readonly type: "ready";
  /** The addresses where the tier listens, such as `https://127.0.0.1:8443`. */
  readonly addresses: readonly string[];
}

/** A message that the supervisor sends regularly, to learn whether a process still answers. */
export interface PingMessage {
  readonly type: "ping";
}

/** The answer to a PingMessage. */
interface PongMessage {
  readonly type: "pong";
}

/**
 * A message that the supervisor sends in place of SIGTERM: another process listens on the same ports and serves, so this
 * one drains without asking its peers to go elsewhere.
 */
export interface ReplacedMessage {
  readonly type: "replaced";
}

/** The outcome of a reload, sent to the supervisor after each reload. */
export interface ReloadedMessage {
  readonly type: "reloaded";
  readonly ok: boolean;
  /** Lines for the operator: what the reload has changed, or why it has changed nothing. */
  readonly words: readonly string[];
  /** The addresses on which the tier listens now. */
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
  /**
   * Whether the process was started beside another one on the same ports. When its supervisor disappears, the other
   * process goes on, so this one drains as a replaced process does.
   */
  readonly sharePorts?: boolean | undefined;
  /** Returns the addresses where the service listens. Called after the service has started, and after each reload. */
  addresses(): readonly string[];
  /** Returns how many requests are being answered. It is logged when a drain begins. */
  inFlight?(): number;
  /**
   * Called at SIGHUP. Reloads the configuration, or returns why the reload failed. Must not reject.
   * A further call may come while a reload is running.
   */
  reload?(): Promise<{ readonly ok: boolean; readonly words: readonly string[] }>;
  /** Closes the log. Called last, so that the log lines about the end of the service are written too. */
  close(): Promise<void>;
}

/**
 * Runs `service` until SIGTERM, SIGINT or the supervisor's death, then drains it and exits with 0. A second signal
 * stops the service at once (exit code 130). SIGHUP reloads the service, if it can reload. After a failed start or an
 * uncaught error the process writes the message to stderr and exits with 1. A service manager that started the process
 * is told about the start, each reload and the end.
 */
export async function runService(service: Service, options: RunOptions): Promise<void> {
  const { logger } = options;
  const manager = serviceManager({
    complain: (line) => process.stderr.write(`${service.name}: ${line}\n`),
  });
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
  const drain = async (why: string, replaced = false): Promise<void> => {
    if (ending) return exit(130);
    ending = true;
    manager.stopping();
    const details = { why, drainMs: options.drainMs, inFlight: options.inFlight?.() };
    logger.info(details, "draining");
    await service.drain(options.drainMs, replaced);
    logger.info({}, "stopped");
    await exit(0);
  };
  process.on("SIGTERM", () => void drain("SIGTERM").catch(crash));
  process.on("SIGINT", () => void drain("SIGINT").catch(crash));
  // The supervisor's death does not count as a second signal: when the supervisor dies during a drain, running
  // requests are still finished.
  process.once(
    "disconnect",
    () => void (ending || drain("supervisor gone", options.sharePorts === true).catch(crash)),
  );
  process.on("message", (message: Partial<ReplacedMessage> | null) => {
    if (message?.type === "replaced" && !ending) void drain("replaced", true).catch(crash);
  });
  process.once("uncaughtException", crash);
  answerPings();
  const { promise, resolve: started } = Promise.withResolvers<void>();
  if (options.reload !== undefined) {
    const reload = options.reload.bind(options);
    reloadOnHangUp({ options, reload, manager, started: promise });
  }
  try {
    await service.start();
  } catch (error) {
    process.stderr.write(`${service.name}: ${error instanceof Error ? error.message : error}\n`);
    return exit(1);
  }
  started();
  const addresses = options.addresses();
  logger.info({ addresses }, "ready");
  manager.ready(statusOf(addresses));
  const ready: ReadyMessage = { type: "ready", addresses };
  process.send?.(ready);
  // Now is the quietest moment: the tier in front sends requests only after its health checks have passed. What the last
  // steps of the start still hold is let go in this turn of the event loop.
  setImmediate(giveBackMemory);
}

function answerPings(): void {
  const pong: PongMessage = { type: "pong" };
  process.on("message", (message: Partial<PingMessage> | null) => {
    if (message?.type === "ping" && process.connected) process.send?.(pong, () => undefined);
  });
}

/**
 * Reloads the service at each SIGHUP. A signal during the start leads to a reload after the start, because the
 * configuration file may have changed after it was read.
 */
function reloadOnHangUp({
  options,
  reload,
  manager,
  started,
}: {
  readonly options: RunOptions;
  readonly reload: NonNullable<RunOptions["reload"]>;
  readonly manager: ServiceManager;
  readonly started: Promise<void>;
}): void {
  process.on("SIGHUP", async () => {
    await started;
    manager.reloading();
    const { ok, words } = await reload();
    const addresses = options.addresses();
    manager.ready(ok ? statusOf(addresses) : `the last reload was refused: ${words.join("; ")}`);
    const reloaded: ReloadedMessage = { type: "reloaded", ok, words, addresses };
    process.send?.(reloaded);
  });
}

function statusOf(addresses: readonly string[]): string {
  return `listening on ${addresses.join(", ")}`;
}
