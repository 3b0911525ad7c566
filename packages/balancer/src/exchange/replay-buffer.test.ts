import t from "tap";
import { ReplayBuffer } from "./replay-buffer.ts";

t.test("keeps a copy of what has come, up to its limit", async (t) => {
  const buffer = new ReplayBuffer(10_000);
  t.match(buffer, { complete: true, bytes: undefined }, "nothing has come");
  const chunk = Buffer.from("ab");
  for (let i = 0; i < 5_000; i++) buffer.add(chunk);
  chunk.fill("!"); // stands for the next read, which overwrites this memory
  t.equal(buffer.bytes?.toString(), "ab".repeat(5_000));
  t.ok(buffer.complete, "just within the limit");
  buffer.add(Buffer.from("c"));
  t.match(buffer, { complete: false, bytes: undefined }, "one byte too many drops all");
  buffer.add(Buffer.from("d"));
  t.match(buffer, { complete: false, bytes: undefined });
});

t.test("with a limit of 0, the first byte is too much and an empty body is not", async (t) => {
  const buffer = new ReplayBuffer(0);
  t.ok(buffer.complete);
  buffer.add(Buffer.from("a"));
  t.notOk(buffer.complete);
});
