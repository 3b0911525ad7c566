// Turns bytes into a text of one character per byte.

/** An undocumented method of Buffer that `toString` itself calls. */
interface Slicer {
  readonly latin1Slice?: (from: number, to: number) => string;
}

const direct = typeof (Buffer.prototype as unknown as Slicer).latin1Slice === "function";

/**
 * Returns `memory.toString("latin1", from, to)`, for a range within the memory, without looking up
 * the encoding by its name. That look-up, made four times per exchange, is 2 % of the cost
 * of an exchange over fake sockets. In a Node version without `latin1Slice` this function calls `toString`.
 */
export function latin1(memory: Buffer, from: number, to: number): string {
  const slicer = memory as unknown as Required<Slicer>;
  return direct ? slicer.latin1Slice(from, to) : memory.toString("latin1", from, to);
}
