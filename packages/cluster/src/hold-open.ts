// The system clock's timers do not keep a process alive, so whoever waits for one says so here.
import type { Clock } from "@tandem/transport";

/** Keeps the process alive until the returned function is called. */
export function holdOpen(): () => void {
  const { port1 } = new MessageChannel();
  port1.ref();
  return () => port1.close();
}

/** Resolves `ms` later. */
export async function pause(clock: Clock, ms: number): Promise<void> {
  const release = holdOpen();
  await new Promise<void>((resolve) => {
    clock.after(ms, resolve);
  });
  release();
}
