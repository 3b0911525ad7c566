// What is no flood: updates of windows for what we have sent, and frames that were under way when we reset their stream.
import t from "tap";
import { Script } from "../../test/h2/frames.ts";
import { openServer } from "../../test/h2/recorder.ts";
import { DEFAULT_LIMITS } from "../h1/limits.ts";
import { Floods } from "./floods.ts";
import { WINDOW_UPDATE } from "./frame-type.ts";
import { DEFAULT_H2_LIMITS } from "./limits.ts";
import { CLIENT_PREFACE } from "./preface.ts";
import { RecentResets } from "./recent-resets.ts";

const MIB = 1024 * 1024;
const FRAME = 16_384;
/** How many updates are free without any work. */
const { burst } = DEFAULT_H2_LIMITS.idleFrames;

/** Counts updates until they are a flood, and no more than `most`. */
function updates(floods: Floods, most: number): number {
  for (let count = 0; count < most; count++) {
    if (floods.idleFrame(WINDOW_UPDATE, 0) !== undefined) return count;
  }
  return most;
}

t.test("what was sent may be given back in pieces, at once or behind all of it", async (t) => {
  for (const piece of [8192, 4096, 1024, 512, 256]) {
    const steady = new Floods(DEFAULT_H2_LIMITS, 0);
    const perFrame = (2 * FRAME) / piece;
    let counted = 0;
    for (let sent = 0; sent < 64 * MIB; sent += FRAME) {
      steady.sent(FRAME);
      counted += updates(steady, perFrame);
    }
    t.equal(counted, (2 * 64 * MIB) / piece, `pieces of ${piece} bytes`);
  }
  const late = new Floods(DEFAULT_H2_LIMITS, 0);
  for (let sent = 0; sent < 64 * MIB; sent += FRAME) late.sent(FRAME);
  t.equal(updates(late, 131_072), 131_072, "64 MiB in pieces of 1024 bytes");
});

t.test("a flood ends: updates without work, in tiny pieces, and behind any amount", async (t) => {
  const most = 1_000_000;
  t.equal(updates(new Floods(DEFAULT_H2_LIMITS, 0), most), burst, "nothing was sent");
  const tiny = new Floods(DEFAULT_H2_LIMITS, 0);
  tiny.sent(FRAME);
  t.equal(updates(tiny, most), burst + (2 * FRAME) / 256, "less than 256 bytes each");
  const much = new Floods(DEFAULT_H2_LIMITS, 0);
  for (let sent = 0; sent < 1024 * MIB; sent += FRAME) much.sent(FRAME);
  t.equal(updates(much, most), burst + (64 * MIB) / 256, "what is kept is bounded");
});

t.test("tiny messages that leave at once: each may be given back", async (t) => {
  const floods = new Floods(DEFAULT_H2_LIMITS, 0);
  for (let i = 0; i < 10_000; i++) floods.sent(20);
  t.equal(updates(floods, 20_000), 20_000);
});

t.test("a client may give back the rest of an answer whose stream is closed", async (t) => {
  const { connection } = openServer({ heads: DEFAULT_LIMITS, answers: 4 * MIB });
  const script = new Script();
  const send = (line: string): void => connection.receive(script.line(line), 0);
  connection.receive(Buffer.from(CLIENT_PREFACE), 0);
  send("SETTINGS 4=4194304");
  send("WINDOW_UPDATE 0 1073741824");
  send("HEADERS 1 es eh :method=GET :scheme=http :path=/ :authority=a");
  connection.flush();
  t.equal(connection.streams.size, 0, "all of it was sent");
  for (let i = 0; i < 4096; i++) {
    send("WINDOW_UPDATE 0 1024");
    send("WINDOW_UPDATE 1 1024");
  }
  t.equal(connection.failure, undefined);
  for (let i = 0; i < 40_000; i++) send("WINDOW_UPDATE 1 1024");
  t.match(connection.failure, { fault: "window-update-flood", message: /WINDOW_UPDATE/ });
});

t.test("frames behind our reset: as far as the window reached, and one end", async (t) => {
  const resets = new RecentResets();
  resets.add(1, 100);
  t.equal(resets.takes(1, 60, false), true);
  t.equal(resets.takes(1, 0, false), false, "an empty frame brings nothing");
  t.equal(resets.takes(1, 41, false), false, "beyond the window");
  t.equal(resets.takes(1, 40, true), true);
  t.equal(resets.takes(1, 0, true), false, "a second end");
  t.equal(resets.takes(3, 1, false), false, "another stream");
  for (let id = 5; id < 5 + 2 * 256; id += 2) resets.add(id, 1);
  t.same([resets.has(1), resets.has(5)], [false, true], "the oldest is forgotten");
});
