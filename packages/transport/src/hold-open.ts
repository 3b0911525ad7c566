// Keeps the process alive while code waits for a timer. Timers of the system clock alone would let the process exit.
import { MessageChannel } from "node:worker_threads";
import type { Clock } from "./clock.ts";

/** Keeps the process alive until the returned function is called. */
export function holdOpen(): () => void {
  const { port1 } = new MessageChannel();
  port1.ref();
  return () => port1.close();
}

/** Resolves after `ms` milliseconds, and keeps the process alive until then. */
export async function pause(clock: Clock, ms: number): Promise<void> {
  const release = holdOpen();
  await new Promise<void>((resolve) => {
    clock.after(ms, resolve);
  });
  release();
}
