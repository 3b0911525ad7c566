// Waits for what other processes and connections do.

/** Resolves when `holds` returns true. Rejects when that takes longer than a minute. */
export async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + 60_000;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`still not so after 60 s: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
