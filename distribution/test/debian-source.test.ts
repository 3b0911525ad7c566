// Which release and mirror a clean root is made of: those of apt on this machine, in either form of its files.
import { join } from "node:path";
import t from "tap";
import { debianSource, sourceTexts } from "../build/trial/debian-source.ts";

t.test("a machine without a source says what to write", (t) => {
  t.throws(() => debianSource(["# nothing\n"]), /no source with 'main'.*sources\.list/);
  t.throws(() => debianSource(sourceTexts(join(t.testdir(), "apt"))), /write one there/);
  t.end();
});

t.test("each file of apt may be missing, and so may the folder", (t) => {
  const line = "deb http://mirror.test/debian bookworm main\n";
  t.same(sourceTexts(t.testdir({ "sources.list": line })), [line]);
  t.same(sourceTexts(t.testdir({ "sources.list.d": { "a.sources": "a", "b.disabled": "b" } })), [
    "a",
  ]);
  t.same(sourceTexts(t.testdir({})), []);
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
