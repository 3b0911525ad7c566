// Whose memory sockets read into, and when it is used again.
import t from "tap";
import { ManualClock } from "../test/manual-clock.ts";
import { type Holder, ReadBuffers, type Reader, SocketReads, turnClock } from "./index.ts";

/** The reads of a socket whose last message was large, with a read of it made by hand. */
function bulkySocket(buffers: ReadBuffers) {
  const reader = {
    ...{ bulk: true, resting: true, receiveShared() {} },
    /** Whether nobody holds on to the next read, or who. */
    held: true as boolean | Holder,
    receiveOwned: (): boolean | Holder => reader.held,
  };
  const reads = new SocketReads(buffers);
  reads.reader = reader satisfies Reader;
  const { buffer, callback } = reads.onread;
  const next = buffer as () => Buffer;
  const read = (memory: Buffer, resting: boolean): Buffer => {
    reader.resting = resting;
    callback(1, memory);
    return next();
  };
  return { reader, reads, next, read };
}

t.test("memory that somebody holds on to is used again when nobody does", async (t) => {
  const buffers = new ReadBuffers(turnClock(new ManualClock()));
  const { reader, reads, next, read } = bulkySocket(buffers);
  const client = { settled: false };
  reader.held = client;
  const memory = next();
  t.equal(read(memory, false), buffers.shared, "no other is kept beside it meanwhile");
  t.equal(read(buffers.shared, false), buffers.shared);
  client.settled = true;
  reader.held = true;
  t.equal(read(buffers.shared, false), memory, "the client has taken it all");

  reader.held = { settled: false };
  read(memory, false);
  reads.closed();
  const others = () => Array.from({ length: 8 }, () => buffers.take());
  t.notOk(others().includes(memory), "of a socket that is gone it is not known");
});

t.test("memory is left to the collector when it is not known who has it", async (t) => {
  const buffers = new ReadBuffers(turnClock(new ManualClock()));
  const { reader, next, read } = bulkySocket(buffers);
  reader.held = false;
  const seen = new Set([next()]);
  for (let count = 0; count < 300; count++) seen.add(read([...seen].at(-1) ?? next(), false));
  t.equal(seen.size, 301, "never the same again");
  t.ok(
    [...seen].every(({ length }) => length === 128 * 1024),
    "and it counts no more",
  );
});

t.test("when many sockets have much memory, the next ones get less", async (t) => {
  const buffers = new ReadBuffers(turnClock(new ManualClock()));
  const sizes = () => Array.from({ length: 300 }, () => buffers.take());
  const all = sizes();
  t.equal(all.filter(({ length }) => length === 128 * 1024).length, 256);
  t.equal(all.filter(({ length }) => length === 64 * 1024).length, 44);
  t.equal(buffers.take(all[299]), all[299], "who has little keeps it");
  for (const memory of all.slice(0, 200)) buffers.give(memory);
  const more = buffers.take(all[298]);
  t.equal(more.length, 128 * 1024, "until there is more");
  t.equal(buffers.take(more), more);
  buffers.give(more);
  for (const memory of all.slice(200)) buffers.lose(memory);
  t.same(
    sizes().map(({ length }) => length),
    all.map(({ length }) => length),
  );
});

t.test("few sockets keep memory of their own while they rest", async (t) => {
  const buffers = new ReadBuffers(turnClock(new ManualClock()));
  const [first, second, last] = [bulkySocket(buffers), bulkySocket(buffers), bulkySocket(buffers)];
  const memory = first.next();
  const beside = second.next();
  const rest = Array.from({ length: 200 }, () => bulkySocket(buffers).next());
  const own = new Set([memory, beside, ...rest].filter((one) => one !== buffers.shared));
  t.equal(own.size, 128, "each has its own, the others read where all read");
  t.equal(last.next(), buffers.shared);

  t.equal(first.read(memory, false), memory, "one whose message comes needs it, and rests no more");
  t.not(last.next(), buffers.shared, "so another may");
  t.equal(first.read(memory, true), buffers.shared, "and it may not when it rests again");

  second.reads.closed();
  second.reads.closed();
  t.equal(buffers.resting, 127, "one that is gone keeps nothing");
  t.equal(first.read(buffers.shared, true), beside, "what it kept is used again");
  const taken = Array.from({ length: 3 }, () => buffers.take());
  t.notOk(taken.includes(beside), "by one only");
  t.equal(new Set(taken).size, 3);
});
