// A request that comes in one read, as most do: bytes that are exactly one head, split into the request
// line and its field lines without a search through the whole. What is anything else (a head in pieces,
// a body behind it, pipelined requests, empty lines before) is left to HeadReader, byte for byte.
import { CR, LF } from "../text/chars.ts";
import { latin1 } from "../text/latin1.ts";

export class WholeHead {
  /** The request line without its CRLF. */
  line = "";
  /** The field lines, each with its CRLF. */
  section = "";

  /**
   * Whether [0, length) of `memory` is one head of at most `most` bytes. `before` is a section known to
   * be one: being equal to it proves as much as looking.
   */
  read(memory: Buffer, length: number, most: number, before: string | undefined): boolean {
    const end = length - 4;
    if (length - 2 > most || end <= 0 || !endsHead(memory, end)) return false;
    let lineEnd = 0;
    while (memory[lineEnd] !== CR) lineEnd++; // there is one at `end`
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
