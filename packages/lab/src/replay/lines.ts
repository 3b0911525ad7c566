// Reads the lines of a file of any size, while only one line and one chunk are in memory. A line that is too long for
// an access log is passed on as undefined and skipped.
import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";

const LONGEST_LINE = 64 * 1024;

/** Opens a log. `-` is standard input. A file whose name ends in `.gz` is unpacked while it is read. */
export function openLog(file: string): Readable {
  if (file === "-") return process.stdin;
  const raw = createReadStream(file, { highWaterMark: 256 * 1024 });
  if (!file.endsWith(".gz")) return raw;
  const unpacked = createGunzip();
  raw.on("error", (error) => unpacked.destroy(error));
  return raw.pipe(unpacked);
}

const NEWLINE = 0x0a;

export async function* linesOf(stream: Readable): AsyncGenerator<readonly (string | undefined)[]> {
  let rest: Buffer<ArrayBufferLike> = Buffer.alloc(0);
  let skipping = false;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    const lines: (string | undefined)[] = [];
    let buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let end = buffer.indexOf(NEWLINE); end >= 0; end = buffer.indexOf(NEWLINE)) {
      if (skipping) skipping = false;
      else lines.push(end > LONGEST_LINE ? undefined : textOf(buffer.subarray(0, end)));
      buffer = buffer.subarray(end + 1);
    }
    if (skipping) buffer = buffer.subarray(0, 0);
    else if (buffer.length > LONGEST_LINE) {
      lines.push(undefined);
      skipping = true;
      buffer = buffer.subarray(0, 0);
    }
    // The incomplete last line is copied. Otherwise even a short line would keep its whole chunk in
    // memory.
    rest = Buffer.from(buffer);
    yield lines;
  }
  if (rest.length > 0) yield [textOf(rest)];
}

const textOf = (line: Buffer) => line.toString("latin1").replace(/\r$/, "");
