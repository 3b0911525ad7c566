// Tells systemd what a process does, with the messages of sd_notify(3): READY=1, RELOADING=1, STOPPING=1, WATCHDOG=1.
// The messages go to a Unix datagram socket, which Node cannot open. So the program `systemd-notify` sends them: a
// process for each message, a few in the life of a service and one for each half of WatchdogSec. Its messages come from
// a child of the service, so the unit needs NotifyAccess=all.
import { spawn } from "node:child_process";
import { type Clock, systemClock } from "./clock.ts";

const PROGRAM = "systemd-notify";

/** The service manager that started this process. Without one, all methods do nothing. No method throws. */
export interface ServiceManager {
  /** Whether a service manager started this process. */
  readonly present: boolean;
  /** Call this when the service has started, and after each reload. `status` is shown by `systemctl status`. */
  ready(status: string): void;
  /** Call this when a reload begins. */
  reloading(): void;
  /** Call this when the service begins to end. */
  stopping(): void;
  /**
   * Call this when this process takes the place of the one that speaks for the service. Resolves when the service
   * manager knows, or cannot be told.
   */
  takeOver(status: string): Promise<void>;
  /** Returns the variables with which a process that will take over finds the service manager. */
  heir(): NodeJS.ProcessEnv;
}

export interface ServiceManagerOptions {
  /** The environment of the process. The variables for the messages are removed from it. */
  readonly environment?: NodeJS.ProcessEnv;
  readonly clock?: Clock;
  /** Whether another process speaks for the service until `takeOver`. */
  readonly silent?: boolean;
  /** Called once with a line for the operator when the messages cannot be sent. */
  complain(line: string): void;
}

/**
 * Returns the service manager that is named in the environment. From then on the processes that this process starts do
 * not find it any more, so they cannot speak for the service. Where systemd asks for a sign of life, it gets one as long
 * as the event loop of this thread turns.
 */
export function serviceManager(options: ServiceManagerOptions): ServiceManager {
  const { environment = process.env, clock = systemClock, silent = false, complain } = options;
  const { NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID = `${process.pid}` } = environment;
  for (const name of ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]) delete environment[name];
  if (NOTIFY_SOCKET === undefined || NOTIFY_SOCKET === "") return SILENT;
  const messages = new Messages({ ...environment, NOTIFY_SOCKET }, complain);
  let speaks = !silent;
  const send = (...assignments: string[]): void => {
    if (speaks) void messages.send(assignments);
  };
  const watchdogMs = Number(WATCHDOG_USEC) / 1000;
  if (watchdogMs > 0 && WATCHDOG_PID === `${process.pid}`)
    clock.every(watchdogMs / 2, () => messages.beat());
  return {
    present: true,
    ready: (status) => send("READY=1", `STATUS=${oneLine(status)}`),
    // A unit with Type=notify-reload needs the time as well.
    reloading: () => send("RELOADING=1", `MONOTONIC_USEC=${monotonicMicroseconds()}`),
    stopping: () => send("STOPPING=1", "STATUS=draining"),
    takeOver: (status) => {
      speaks = true;
      const who = `MAINPID=${process.pid}`;
      return messages.send([who, "READY=1", `STATUS=${oneLine(status)}`]);
    },
    heir: () => ({ NOTIFY_SOCKET, ...(WATCHDOG_USEC !== undefined && { WATCHDOG_USEC }) }),
  };
}

const SILENT: ServiceManager = {
  present: false,
  ready: () => undefined,
  reloading: () => undefined,
  stopping: () => undefined,
  takeOver: async () => undefined,
  heir: () => ({}),
};

/** Sends messages one after the other, because systemd has to get them in their order. */
class Messages {
  readonly #environment: NodeJS.ProcessEnv;
  readonly #complain: (line: string) => void;
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;
  #complained = false;

  constructor(environment: NodeJS.ProcessEnv, complain: (line: string) => void) {
    this.#environment = environment;
    this.#complain = complain;
  }

  /** Resolves when the message was sent, or could not be. */
  send(assignments: readonly string[]): Promise<void> {
    this.#waiting++;
    this.#last = this.#last
      .then(() => this.#run(assignments))
      .finally(() => {
        this.#waiting--;
      });
    return this.#last;
  }

  /** Sends the sign of life, unless an earlier message is still under way. */
  beat(): void {
    if (this.#waiting === 0) void this.send(["WATCHDOG=1"]);
  }

  #run(assignments: readonly string[]): Promise<void> {
    return new Promise((resolve) => {
      const child = spawn(PROGRAM, assignments, { env: this.#environment, stdio: "ignore" });
      child.unref();
      child.on("error", (error) => this.#failed(error.message, resolve));
      child.on("exit", (code, signal) => {
        if (code === 0) resolve();
        else this.#failed(`it ended with ${signal ?? code}`, resolve);
      });
    });
  }

  #failed(reason: string, then: () => void): void {
    if (!this.#complained) {
      this.#complained = true;
      this.#complain(
        `cannot tell systemd that the service is ready (${PROGRAM}: ${reason}); expected the program ${PROGRAM} of the ` +
          "package systemd on the PATH; where it cannot be, set Type=exec, WatchdogSec=0 and NotifyAccess=none in the unit",
      );
    }
    then();
  }
}

/** A line break would end the text and begin another assignment. */
const oneLine = (text: string): string => text.replaceAll(/\s*\n\s*/g, " ");

/** Returns CLOCK_MONOTONIC in microseconds, which is the clock of `process.hrtime`. */
function monotonicMicroseconds(): bigint {
  // rule zero: systemd compares this number with its own reading of the same clock, so no other clock will do
  return process.hrtime.bigint() / 1000n;
}
