// Reads an answer although writing to its connection has failed. A peer that closes a connection before it has read
// all bytes resets the connection (RFC 9112 §9.6). A server does that, for example, when it answers 413 to the head of
// an upload. Our next write then fails. The answer, which came before the reset, is still in the kernel: Linux drops
// the bytes that are to be sent, not the bytes that were received. But Node destroys a socket whose write fails, and
// the answer is lost with the socket. So the failure of the write is hidden from the socket until the socket has been
// read to its end.
//
// The kernel reports a reset once. When a write gets the report, reads return the received bytes and then a
// normal end. The error of the write says whether the peer had ended its side normally before: EPIPE if it
// had, ECONNRESET if not (measured on Linux 6.18; tcp_reset in net/ipv4/tcp_input.c).
import type { Socket } from "node:net";

type Written = (error?: NodeJS.ErrnoException | null) => void;

const isGone = (error: NodeJS.ErrnoException | null | undefined): boolean =>
  error?.code === "EPIPE" || error?.code === "ECONNRESET";

/**
 * Makes `socket` survive a write that fails because the peer is gone. Instead of the socket being destroyed, `failed`
 * is called once, further writes stay in the socket's buffer, and reading continues. The socket's `end` event will
 * come. The caller then has to destroy the socket, because its writes can never finish. `inOrder` says whether the peer
 * had ended its side normally before the reset.
 */
export function outliveWriteErrors(socket: Socket, failed: (inOrder: boolean) => void): void {
  const { _write, _writev } = socket;
  let original: Written = () => undefined;
  // One callback for all writes is enough, because a stream makes one write after the other.
  const written: Written = (error) => {
    if (isGone(error) && !socket.readableEnded) failed(error?.code === "EPIPE");
    else original(error);
  };
  socket._write = (chunk, encoding, callback) => {
    original = callback;
    _write.call(socket, chunk, encoding, written);
  };
  if (_writev === undefined) return;
  socket._writev = (chunks, callback) => {
    original = callback;
    _writev.call(socket, chunks, written);
  };
}
