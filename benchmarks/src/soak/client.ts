// A client connection in a soak test. The client can send any bytes.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const PATIENCE_MS = 10_000;

export interface Client extends Disposable {
  readonly socket: Socket;
  send(bytes: string | Buffer): void;
  /**
   * Waits until `done` returns true for the bytes received since the last call, or until the
   * connection has closed. Returns these bytes. Rejects after 10 s.
   */
  until(done: (received: Buffer) => boolean): Promise<Buffer>;
}

/**
 * Opens a connection to the balancer. Rejects when that fails, because in a soak test the balancer
 * must always accept.
 */
export async function open(port: number): Promise<Client> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  let chunks: Buffer[] = [];
  let closed = false;
  let news = Promise.withResolvers<void>();
  const tell = () => {
    news.resolve();
    news = Promise.withResolvers<void>();
  };
  socket.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    tell();
  });
  await once(socket, "connect");
  socket.on("error", () => undefined);
  socket.on("close", () => {
    closed = true;
    tell();
  });
  return {
    socket,
    send: (bytes) => void socket.write(bytes),
    async until(done) {
      const end = performance.now() + PATIENCE_MS;
      for (;;) {
        const received = Buffer.concat(chunks);
        if (closed || done(received)) {
          chunks = [];
          return received;
        }
        const left = end - performance.now();
        if (left <= 0) throw new Error(`no answer for ${PATIENCE_MS} ms`);
        await Promise.race([news.promise, sleep(left, undefined, { ref: false })]);
      }
    },
    [Symbol.dispose]: () => void socket.destroy(),
  };
}
