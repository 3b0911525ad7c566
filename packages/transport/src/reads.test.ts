// Tests which memory sockets read into, and when that memory is used again.
import t from "tap";
import { ManualClock } from "../test/manual-clock.ts";
import { type Holder, ReadBuffers, type Reader, SocketReads, turnClock } from "./index.ts";

/** Makes a SocketReads whose reader expects a large message. `read` plays a read of the socket. */
function bulkySocket(buffers: ReadBuffers) {
  const reader = {
    ...{ bulk: true, resting: true, receiveShared() {} },
    /** What `receiveOwned` returns for the next read. */
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

t.test("memory that a slow client still needs is used again when the client is done", async (t) => {
  const buffers = new ReadBuffers(turnClock(new ManualClock()));
  const { reader, reads, next, read } = bulkySocket(buffers);
  const client = { settled: false };
  reader.held = client;
  const memory = next();
  t.equal(
    read(memory, false),
    buffers.shared,
    "meanwhile the socket gets no second memory of its own",
  );
  t.equal(read(buffers.shared, false), buffers.shared);
  client.settled = true;
  reader.held = true;
  t.equal(
    read(buffers.shared, false),
    memory,
    "the client has taken all bytes, so the memory is used again",
  );

  reader.held = { settled: false };
  read(memory, false);
  reads.closed();
  const others = () => Array.from({ length: 8 }, () => buffers.take());
  t.notOk(
    others().includes(memory),
    "when the socket has closed, the memory that its client held is not used again",
  );
});

t.test("memory is left to the garbage collector when references to it may remain", async (t) => {
  const buffers = new ReadBuffers(turnClock(new ManualClock()));
  const { reader, next, read } = bulkySocket(buffers);
  reader.held = false;
  const seen = new Set([next()]);
  for (let count = 0; count < 300; count++) seen.add(read([...seen].at(-1) ?? next(), false));
  t.equal(seen.size, 301, "no memory is used a second time");
  t.ok(
    [...seen].every(({ length }) => length === 128 * 1024),
    "lost memory does not count against the limit",
  );
});

t.test("when many sockets have 128 KiB each, the next ones get 64 KiB", async (t) => {
  const buffers = new ReadBuffers(turnClock(new ManualClock()));
  const sizes = () => Array.from({ length: 300 }, () => buffers.take());
  const all = sizes();
  t.equal(all.filter(({ length }) => length === 128 * 1024).length, 256);
  t.equal(all.filter(({ length }) => length === 64 * 1024).length, 44);
  t.equal(buffers.take(all[299]), all[299], "a socket with 64 KiB keeps it");
  for (const memory of all.slice(0, 200)) buffers.give(memory);
  const more = buffers.take(all[298]);
  t.equal(more.length, 128 * 1024, "it gets 128 KiB when other sockets have given theirs back");
  t.equal(buffers.take(more), more);
  buffers.give(more);
  for (const memory of all.slice(200)) buffers.lose(memory);
  t.same(
    sizes().map(({ length }) => length),
    all.map(({ length }) => length),
  );
});

t.test("at most 128 sockets keep memory of their own while they rest", async (t) => {
  const buffers = new ReadBuffers(turnClock(new ManualClock()));
  const [first, second, last] = [bulkySocket(buffers), bulkySocket(buffers), bulkySocket(buffers)];
  const memory = first.next();
  const beside = second.next();
  const rest = Array.from({ length: 200 }, () => bulkySocket(buffers).next());
  const own = new Set([memory, beside, ...rest].filter((one) => one !== buffers.shared));
  t.equal(own.size, 128, "128 have memory of their own, and the others use the shared memory");
  t.equal(last.next(), buffers.shared);

  t.equal(
    first.read(memory, false),
    memory,
    "a socket whose message comes keeps it, and does not rest",
  );
  t.not(last.next(), buffers.shared, "so another socket may keep memory");
  t.equal(first.read(memory, true), buffers.shared, "the first may not when it rests again");

  second.reads.closed();
  second.reads.closed();
  t.equal(buffers.resting, 127, "a closed socket keeps no memory");
  t.equal(first.read(buffers.shared, true), beside, "its memory is used again");
  const taken = Array.from({ length: 3 }, () => buffers.take());
  t.notOk(taken.includes(beside), "by one socket only");
  t.equal(new Set(taken).size, 3);
});

const FULL_RECORD = 16 * 1024;

/** Makes the SocketReads of a TLS socket whose reader keeps what it gets. `record` plays the delivery of one record. */
function tlsSocket(buffers: ReadBuffers) {
  const chunks: { readonly bytes: string; readonly length: number; readonly shared: boolean }[] =
    [];
  const note = (chunk: Buffer, shared: boolean) =>
    chunks.push({ bytes: String.fromCharCode(...new Set(chunk)), length: chunk.length, shared });
  const reader = {
    ...{ bulk: true, resting: false },
    held: true as boolean | Holder,
    receiveShared: (memory: Buffer, length: number) => note(memory.subarray(0, length), true),
    receiveOwned: (chunk: Buffer): boolean | Holder => {
      note(chunk, false);
      return reader.held;
    },
  };
  const reads = new SocketReads(buffers, true);
  reads.reader = reader satisfies Reader;
  const { buffer, callback } = reads.onread;
  const next = buffer as () => Buffer;
  let memory = next();
  const record = (letter: string, length = FULL_RECORD) => {
    memory.fill(letter, 0, length);
    callback(length, memory);
    memory = next();
  };
  return { reader, reads, record, taken: () => chunks.splice(0) };
}

const owned = (bytes: string, records: number, more = 0) => ({
  ...{ bytes, length: records * FULL_RECORD + more, shared: false },
});

t.test("full TLS records are delivered together", async (t) => {
  const buffers = new ReadBuffers(turnClock(new ManualClock()));
  const { record, taken } = tlsSocket(buffers);
  for (const letter of "abc") record(letter);
  t.same(taken(), [], "more may come before every socket has been read");
  record("d", 100);
  t.same(
    taken(),
    [owned("abcd", 3, 100)],
    "after a record that is not full, nothing is waited for",
  );
  for (const letter of "abcdefgh") record(letter);
  t.same(taken(), [owned("abcdefgh", 8)], "the memory is full");
});

t.test("gathered records are delivered before a listener of the turn is called", async (t) => {
  const buffers = new ReadBuffers(turnClock(new ManualClock()));
  const { record, taken } = tlsSocket(buffers);
  const seen = new Promise((resolve) => {
    buffers.afterReads.add({ readsDone: () => resolve(taken()) });
  });
  record("a");
  record("b");
  t.same(await seen, [owned("ab", 2)]);
  record("c");
  record("d", 10);
  t.same(taken(), [owned("cd", 1, 10)], "the next ones go behind them");
});

t.test("records that come while the earlier ones wait for a slow peer are copied", async (t) => {
  const buffers = new ReadBuffers(turnClock(new ManualClock()));
  const { reader, reads, record, taken } = tlsSocket(buffers);
  const peer = { settled: false };
  reader.held = peer;
  record("a");
  reads.deliver();
  t.same(taken(), [owned("a", 1)]);
  record("b");
  record("c");
  t.same(taken(), [
    { bytes: "b", length: FULL_RECORD, shared: true },
    { bytes: "c", length: FULL_RECORD, shared: true },
  ]);
  peer.settled = true;
  reader.held = true;
  record("d");
  t.match(taken(), [{ bytes: "d", length: FULL_RECORD }]);

  reader.held = false;
  record("e");
  reads.deliver();
  record("f");
  t.match(taken(), [
    { bytes: "e", shared: false },
    { bytes: "f", shared: true },
  ]);
});

t.test(
  "memory with records that were not delivered is used again when the socket closes",
  async (t) => {
    const buffers = new ReadBuffers(turnClock(new ManualClock()));
    const { reads, record, taken } = tlsSocket(buffers);
    record("a");
    reads.closed();
    reads.deliver();
    t.same(taken(), []);
    t.equal(buffers.resting, 0);
    t.equal(buffers.take().toString("latin1", 0, 1), "a");
  },
);
