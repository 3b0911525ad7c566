// Which release and mirror a clean root is made of: those of apt on this machine, in either form of its files.
import t from "tap";
import { debianSource } from "../build/clean-root.ts";

t.test("a machine without a source says what to write", (t) => {
  t.throws(() => debianSource(["# nothing\n"]), /no source with 'main'.*sources\.list/);
  t.end();
});

t.test("a line, and a line with options", (t) => {
  const wanted = { mirror: "http://mirror.test/debian", suite: "bookworm" };
  t.same(debianSource(["# deb x\ndeb http://mirror.test/debian bookworm main\n"]), wanted);
  const line =
    "deb [signed-by=/x.gpg arch=amd64] http://mirror.test/debian bookworm main contrib\n";
  t.same(debianSource(["", line]), wanted);
  t.end();
});

t.test("a paragraph", (t) => {
  const text =
    "Types: deb\n# a comment\nURIs: http://mirror.test/debian\nSuites: trixie trixie-updates\nComponents: main\n";
  t.same(debianSource([text]), { mirror: "http://mirror.test/debian", suite: "trixie" });
  t.end();
});
