// Reads the lines of a file of any size, while only one line and one chunk are in memory. A line that is too long for
// an access log is passed on as undefined and skipped.
const LONGEST_LINE = 64 * 1024;

const NEWLINE = 0x0a;

export async function* linesOf(
  stream: AsyncIterable<Buffer>,
): AsyncGenerator<readonly (string | undefined)[]> {
  let rest: Buffer<ArrayBufferLike> = Buffer.alloc(0);
  let skipping = false;
  for await (const chunk of stream) {
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
