// Bytes as text, a character per byte.

interface Slicer {
  latin1Slice(from: number, to: number): string;
}

/** `memory.toString("latin1", from, to)`, without the way there that looks for the encoding by its name. */
export function latin1(memory: Buffer, from: number, to: number): string {
  return (memory as unknown as Slicer).latin1Slice(from, to);
}
