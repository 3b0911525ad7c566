// Text in one piece. The engine joins text as a tree of the parts, and puts them into one piece where it
// is written, which is cheap once: but a part that is itself a tree is walked again each time. What is
// written again and again is made flat first: walking field lines of 22 pieces cost 0.9 µs per exchange.
import { latin1 } from "./latin1.ts";

const LONGEST = 4096;
const scratch = Buffer.allocUnsafeSlow(LONGEST);

/** The same text of one byte per character. */
export function flat(text: string): string {
  if (text.length > LONGEST) return Buffer.from(text, "latin1").toString("latin1");
  return latin1(scratch, 0, scratch.write(text, 0, "latin1"));
}
