// Reads the lines of a file that others append to, in pieces: forwards from a place, or backwards from the end. However
// large the file or a line of it is, only a piece and a line of bounded size are in memory.
import { fstatSync, readSync } from "node:fs";

const PIECE_BYTES = 64 * 1024;
/** The rest of a longer line is not kept. A tier's access line is below 20 KB. */
const LINE_BYTES = 1024 * 1024;
const NEWLINE = 0x0a;

/** A line without its newline, and the place of its first byte in the file. */
export interface PlacedLine {
  readonly text: string;
  readonly at: number;
}

/** Reads forwards. Each call of `lines` goes on where the last one ended. */
export class LineReader {
  readonly fd: number;
  #next: number;
  #begun = Buffer.alloc(0);
  /** How many bytes of the begun line were not kept. */
  #left = 0;

  constructor(fd: number, from: number) {
    this.fd = fd;
    this.#next = from;
  }

  /** Gives the lines that are complete by now. A file that was cut shorter is read from its start again. */
  *lines(): Generator<string> {
    const { size } = fstatSync(this.fd);
    if (size < this.#next) {
      this.#next = 0;
      this.#begin();
    }
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    // No further than the present end: a file that grows all the time would otherwise keep other files waiting.
    while (this.#next < size) {
      const wanted = Math.min(piece.length, size - this.#next);
      const bytes = readSync(this.fd, piece, 0, wanted, this.#next);
      if (bytes === 0) return;
      this.#next += bytes;
      yield* this.#split(piece.subarray(0, bytes));
    }
  }

  /** Returns the last line, when it has no newline. */
  rest(): string | undefined {
    return this.#begun.length === 0 ? undefined : this.#finish();
  }

  *#split(piece: Buffer): Generator<string> {
    let from = 0;
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, from)) {
      this.#keep(piece.subarray(from, end));
      from = end + 1;
      yield this.#finish();
    }
    this.#keep(piece.subarray(from));
  }

  #keep(bytes: Buffer): void {
    const room = LINE_BYTES - this.#begun.length;
    this.#left += Math.max(bytes.length - room, 0);
    if (room > 0) this.#begun = Buffer.concat([this.#begun, bytes.subarray(0, room)]);
  }

  #finish(): string {
    const text = this.#begun.toString("utf8");
    const line = this.#left === 0 ? text : `${text} … and ${this.#left} bytes more`;
    this.#begin();
    return line;
  }

  #begin(): void {
    this.#begun = Buffer.alloc(0);
    this.#left = 0;
  }
}

/** Gives the lines from the end of the file to its start. Of a line that is too long only the start is given. */
export function* linesBackwards(fd: number): Generator<PlacedLine> {
  let { size: start } = fstatSync(fd);
  const end = start;
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  let line = Buffer.alloc(0);
  while (start > 0) {
    const from = Math.max(start - PIECE_BYTES, 0);
    const bytes = readSync(fd, piece, 0, start - from, from);
    let stop = Math.min(bytes, start - from);
    for (let at = stop - 1; at >= 0; at -= 1) {
      if (piece[at] !== NEWLINE) continue;
      const text = Buffer.concat([piece.subarray(at + 1, stop), line]);
      // Behind the newline at the end of the file no line begins.
      if (from + at + 1 < end) yield { text: text.toString("utf8"), at: from + at + 1 };
      line = Buffer.alloc(0);
      stop = at;
    }
    line = Buffer.concat([piece.subarray(0, stop), line]).subarray(0, LINE_BYTES);
    start = from;
  }
  if (end > 0) yield { text: line.toString("utf8"), at: 0 };
}
