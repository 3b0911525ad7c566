// Memory that grows, for the frames that a connection is about to send. It is written from front to back. Frames are
// short, and many of them leave in one write, so they are collected here instead of in a buffer each.
import { latin1 } from "../text/latin1.ts";

const FIRST_SIZE = 4096;

export class WireBuffer {
  bytes: Buffer;
  /** How many bytes were written. */
  length = 0;

  constructor(size = FIRST_SIZE) {
    this.bytes = Buffer.allocUnsafeSlow(size);
  }

  /** Makes room for `more` bytes. Call it before writing with `u8` and its like, which check nothing. */
  reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(2 * (this.length + more));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }

  u8(value: number): void {
    this.bytes[this.length++] = value;
  }

  u16(value: number): void {
    const { bytes, length } = this;
    bytes[length] = value >>> 8;
    bytes[length + 1] = value;
    this.length = length + 2;
  }

  u24(value: number): void {
    const { bytes, length } = this;
    bytes[length] = value >>> 16;
    bytes[length + 1] = value >>> 8;
    bytes[length + 2] = value;
    this.length = length + 3;
  }

  u32(value: number): void {
    this.u16(value >>> 16);
    this.u16(value);
  }

  /** Adds text of one character per byte. */
  text(text: string): void {
    this.reserve(text.length);
    this.length += this.bytes.write(text, this.length, "latin1");
  }

  /** Adds the bytes in [from, to) of `source`. */
  copy(source: Buffer, from: number, to: number): void {
    this.reserve(to - from);
    source.copy(this.bytes, this.length, from, to);
    this.length += to - from;
  }

  clear(): void {
    this.length = 0;
  }

  /** Returns a copy of what was written. */
  toBuffer(): Buffer {
    return Buffer.from(this.bytes.subarray(0, this.length));
  }

  /** Returns what was written as text of one character per byte. */
  toText(): string {
    return latin1(this.bytes, 0, this.length);
  }
}
