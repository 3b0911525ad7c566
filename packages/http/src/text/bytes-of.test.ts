// Tests that `endOfText`, which scans four bytes at a time, finds the same end of a field value as
// a look-up of each single byte.
import t from "tap";
import { bytesOf, endOfText } from "./bytes-of.ts";
import { TEXT } from "./chars.ts";

/** Returns what `endOfText` should return, but looks up one character at a time. */
function endByTable(text: string, at: number): number {
  let i = at;
  while (i < text.length && TEXT[text.charCodeAt(i)] === 1) i++;
  return i;
}

t.test("every byte at every distance from a multiple of four", async (t) => {
  const wrong: string[] = [];
  for (let code = 0; code <= 255; code++)
    for (let start = 0; start < 4; start++)
      for (let before = 0; before < 9; before++) {
        const text = `${"a".repeat(start + before)}${String.fromCharCode(code)}~ ~ ~ ~ ~\r\n`;
        bytesOf(text);
        if (endOfText(start) !== endByTable(text, start)) wrong.push(JSON.stringify(text));
      }
  t.same(wrong, []);
});

t.test(
  "every pair of neighbours at the edges of the range: no carry reaches the next byte",
  async (t) => {
    const edges = [0x00, 0x09, 0x1f, 0x20, 0x7e, 0x7f, 0x80, 0xdf, 0xe0, 0xff];
    const wrong: string[] = [];
    for (const first of edges)
      for (const second of edges)
        for (let start = 0; start < 4; start++) {
          const text = `${" ".repeat(start)}${String.fromCharCode(first, second)}~~~~~~\r`;
          bytesOf(text);
          if (endOfText(0) !== endByTable(text, 0)) wrong.push(JSON.stringify(text));
        }
    t.same(wrong, []);
  },
);

t.test("a scan stops at the end of the text, whatever a longer text left behind", async (t) => {
  bytesOf("x".repeat(20_000));
  for (let length = 0; length < 9; length++) {
    bytesOf("y".repeat(length));
    t.equal(endOfText(0), length);
  }
});
