// One client connection that sends a request made beforehand and checks its answer: status 200 and a body
// of the expected length. Nothing else is understood, so anything else is an error.
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { type LoadJob, REQUEST_FIELDS } from "./load.ts";

/** The bytes of a job's request. */
export function requestBytes(job: LoadJob): Buffer {
  const fields = Object.entries({
    Host: `127.0.0.1:${job.port}`,
    ...REQUEST_FIELDS,
    Connection: job.newConnections ? "close" : "keep-alive",
    ...(job.uploadBytes > 0 ? { "Content-Length": String(job.uploadBytes) } : {}),
  });
  const head = [`${job.method} ${job.path} HTTP/1.1`, ...fields.map(([k, v]) => `${k}: ${v}`)];
  return Buffer.from(`${head.join("\r\n")}\r\n\r\n${"x".repeat(job.uploadBytes)}`);
}

/** Reads one answer: `undefined` while it is incomplete, else whether it is the expected one. */
export class AnswerReader {
  readonly #expectBytes: number;
  #head = "";
  #remaining = -1;
  #good = false;

  constructor(expectBytes: number) {
    this.#expectBytes = expectBytes;
  }

  push(chunk: Buffer): boolean | undefined {
    if (this.#remaining < 0) {
      const before = this.#head.length;
      this.#head += chunk.toString("latin1");
      const end = this.#head.indexOf("\r\n\r\n");
      if (end < 0) return undefined;
      const head = this.#head.slice(0, end + 2);
      const length = Number(/\r\ncontent-length: *(\d+)\r\n/i.exec(head)?.[1] ?? -1);
      if (length < 0) return false;
      this.#good = head.startsWith("HTTP/1.1 200 ") && length === this.#expectBytes;
      this.#remaining = length - (chunk.length - (end + 4 - before));
    } else this.#remaining -= chunk.length;
    if (this.#remaining > 0) return undefined;
    const good = this.#good && this.#remaining === 0;
    this.#head = "";
    this.#remaining = -1;
    return good;
  }
}

/** A connection of the generator; one request at a time. */
export class ClientConnection {
  readonly #socket: Socket;
  readonly #reader: AnswerReader;
  #onAnswer: ((good: boolean) => void) | undefined;
  #onClose: (() => void) | undefined;

  constructor(job: LoadJob) {
    const to = { host: "127.0.0.1", port: job.port };
    this.#socket = job.tls ? connectTls({ ...to, rejectUnauthorized: false }) : connect(to);
    this.#socket.setNoDelay(true);
    this.#reader = new AnswerReader(job.expectBytes);
    this.#socket.on("data", (chunk: Buffer) => {
      const good = this.#reader.push(chunk);
      if (good !== undefined) this.#answer(good);
    });
    this.#socket.on("error", () => this.#socket.destroy());
    this.#socket.on("close", () => {
      this.#answer(false);
      this.#onClose?.();
    });
  }

  get open(): boolean {
    return !this.#socket.destroyed;
  }

  send(request: Buffer | string, onAnswer: (good: boolean) => void): void {
    this.#onAnswer = onAnswer;
    this.#socket.write(request, "latin1");
  }

  onClose(then: () => void): void {
    this.#onClose = then;
  }

  close(): void {
    this.#socket.destroy();
  }

  #answer(good: boolean): void {
    const then = this.#onAnswer;
    this.#onAnswer = undefined;
    then?.(good);
  }
}
