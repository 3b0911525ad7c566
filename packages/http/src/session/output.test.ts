// Tests when the memory of written bytes may be used again: without TLS when they have left, with TLS when they were
// encrypted.
import t from "tap";
import { DeafStream } from "../../test/deaf-stream.ts";
import { Output } from "./output.ts";

/** A stream that keeps what is written until the test says that it has left. */
class HeldStream extends DeafStream {
  readonly encrypted: boolean;
  constructor(encrypted: boolean) {
    super();
    this.encrypted = encrypted;
  }
  write(chunk: Buffer | string): boolean {
    this.writableLength += chunk.length;
    return true;
  }
}

function given(encrypted: boolean) {
  const stream = new HeldStream(encrypted);
  const output = new Output(stream);
  const send = (): boolean => {
    output.bytes(Buffer.alloc(40_000));
    t.notOk(output.settled, "not sent yet");
    output.flush();
    return output.settled;
  };
  return { stream, output, send };
}

t.test("without TLS, memory is free when the bytes have left", async (t) => {
  const { stream, output, send } = given(false);
  t.notOk(send());
  stream.writableLength = 0;
  t.ok(output.settled);
});

t.test("with TLS, memory is free when the bytes are encrypted", async (t) => {
  const { stream, output, send } = given(true);
  t.ok(send(), "nothing waited before");
  t.notOk(send(), "earlier bytes wait, so these are in the queue");
  t.notOk(send());
  stream.writableLength = 0;
  t.ok(output.settled);
  t.ok(send());
});
