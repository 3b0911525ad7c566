// The part of a byte stream that tests of slow peers have in common: the peer takes nothing, and nothing is read from it.
import type { ByteStream } from "../src/session/index.ts";

export abstract class DeafStream implements ByteStream {
  readonly writableNeedDrain = false;
  writableLength = 0;
  abstract write(chunk: Buffer | string): boolean;
  cork(): void {}
  uncork(): void {}
  pause(): void {}
  resume(): void {}
  end(): void {}
  destroy(): void {}
  resetAndDestroy(): void {}
}
