// Reads a request head in a fast way when one read has brought exactly this head, as with most requests. The head is
// split into the request line and the field lines, without a search through all bytes. Everything else (a head in
// pieces, a body after the head, pipelined requests, empty lines before the head) is left to HeadReader.
import { CR, LF } from "../text/chars.ts";
import { latin1 } from "../text/latin1.ts";

export class WholeHead {
  /** The request line without its CRLF. */
  line = "";
  /** The field lines, each with its CRLF. */
  section = "";

  /**
   * Returns whether [0, length) of `memory` is one head of at most `most` bytes. If so, `line` and `section` are its
   * parts. `before` is the `section` of an earlier head: equal field lines need no search for an empty line.
   */
  read(memory: Buffer, length: number, most: number, before: string | undefined): boolean {
    const end = length - 4;
    if (length - 2 > most || end <= 0 || !endsHead(memory, end)) return false;
    let lineEnd = 0;
    while (memory[lineEnd] !== CR) lineEnd++; // stops at `end` at the latest, because a CR is there
    if (lineEnd === 0 || memory[lineEnd + 1] !== LF) return false;
    this.line = latin1(memory, 0, lineEnd);
    this.section = lineEnd === end ? "" : latin1(memory, lineEnd + 2, length - 2);
    return this.section === before || !hasEmptyLine(this.section);
  }
}

function endsHead(memory: Buffer, at: number): boolean {
  return (
    memory[at] === CR && memory[at + 1] === LF && memory[at + 2] === CR && memory[at + 3] === LF
  );
}

function hasEmptyLine(section: string): boolean {
  return section.startsWith("\r\n") || section.includes("\r\n\r\n");
}
