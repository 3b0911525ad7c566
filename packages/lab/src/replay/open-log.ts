// Opens a log: a file, an archive or standard input. An archive that is damaged or cut off yields what stands before the
// damage, and says that it is damaged.
import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { constants, createGunzip } from "node:zlib";

export interface LogSource extends AsyncIterable<Buffer> {
  /** What is wrong with the archive; undefined when nothing is, or not yet. */
  readonly damage: string | undefined;
}

/** Opens a log. `-` is standard input. A file whose name ends in `.gz` is unpacked while it is read. */
export function openLog(file: string): LogSource {
  if (file.endsWith(".gz")) return new Archive(file);
  const plain = file === "-" ? process.stdin : createReadStream(file, { highWaterMark: READ });
  return Object.assign(chunksOf(plain), { damage: undefined });
}

const READ = 64 * 1024;
/** The file is read no further while this many unpacked bytes wait. */
const MOST_WAITING = 1024 * 1024;

async function* chunksOf(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield* stream;
}

/**
 * An archive while it is unpacked. An error of a stream throws away what the stream still holds. So the chunks are taken
 * as soon as they are there, and the file behind is paused instead. A cut is no error for the stream that unpacks
 * (`finishFlush`), because zlib would keep the last 16 KiB back; a second one, whose output nothing reads, finds the cut.
 */
class Archive implements LogSource {
  damage: string | undefined;
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    const raw = createReadStream(this.#file, { highWaterMark: READ });
    const unpacked = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
    const judge = createGunzip();
    const chunks: Buffer[] = [];
    let waiting = 0;
    let wake: () => void = () => undefined;
    unpacked.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      waiting += chunk.length;
      if (waiting > MOST_WAITING) raw.pause();
      wake();
    });
    judge.resume();
    raw.on("data", (chunk) => {
      unpacked.write(chunk);
      judge.write(chunk);
    });
    raw.on("end", () => {
      unpacked.end();
      judge.end();
    });
    const stop = () => {
      for (const stream of [raw, unpacked, judge]) stream.destroy();
    };
    raw.on("error", stop);
    unpacked.on("error", stop);
    const ends = [endOf(raw), endOf(unpacked), endOf(judge)];
    let over: { readonly error: Error | undefined } | undefined;
    void Promise.all(ends).then((errors) => {
      over = { error: errors.find((error) => error !== undefined) };
      wake();
    });
    let read = false;
    try {
      while (over === undefined || chunks.length > 0) {
        const chunk = chunks.shift();
        if (chunk !== undefined) {
          read = true;
          waiting -= chunk.length;
          yield chunk;
          continue;
        }
        raw.resume();
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      stop();
    }
    if (over?.error === undefined) return;
    if (!read) throw over.error;
    this.damage = over.error.message;
  }
}

/** Resolves at the end of the stream, with the error that ended it. A destroyed stream has ended too. */
function endOf(stream: Readable): Promise<Error | undefined> {
  const { promise, resolve } = Promise.withResolvers<Error | undefined>();
  stream.on("error", resolve);
  stream.on("end", () => resolve(undefined));
  stream.on("close", () => resolve(undefined));
  return promise;
}
