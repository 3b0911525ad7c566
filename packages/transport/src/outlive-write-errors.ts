// A peer that closes a connection with bytes of ours unread resets it (RFC 9112 §9.6): a server that answers 413 to the
// head of an upload does. Our next write then fails, while the answer, which came before the reset, still waits in
// the kernel: Linux throws away what is to be sent, not what was received. Node destroys a socket whose write fails,
// and with it the answer. So the failure is kept from the socket until it has been read to its end.
//
// The kernel tells of a reset once. Told to a write, what is read next is what was received, and then an orderly end.
// Which of the two it was, the write's error says: EPIPE when the peer had ended its side in order before, ECONNRESET
// when not (measured on Linux 6.18; tcp_reset in net/ipv4/tcp_input.c).
import type { Socket } from "node:net";

type Written = (error?: NodeJS.ErrnoException | null) => void;

const isGone = (error: NodeJS.ErrnoException | null | undefined): boolean =>
  error?.code === "EPIPE" || error?.code === "ECONNRESET";

/**
 * From now on a write of `socket` that finds its peer gone does not destroy it. `failed` is called once, what is
 * written from then on is kept, and the socket reads on. Its `end` will come: then it has to be destroyed, for it
 * can never finish. `inOrder`: the peer had ended its side before.
 */
export function outliveWriteErrors(socket: Socket, failed: (inOrder: boolean) => void): void {
  const { _write, _writev } = socket;
  let told: Written = () => undefined;
  // One for all writes: a stream writes one thing after the other.
  const written: Written = (error) => {
    if (isGone(error) && !socket.readableEnded) failed(error?.code === "EPIPE");
    else told(error);
  };
  socket._write = (chunk, encoding, callback) => {
    told = callback;
    _write.call(socket, chunk, encoding, written);
  };
  if (_writev === undefined) return;
  socket._writev = (chunks, callback) => {
    told = callback;
    _writev.call(socket, chunks, written);
  };
}
