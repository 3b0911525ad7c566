// One client connection. It sends a request made beforehand and checks the answer: status 200 and a body of the
// expected length. It understands no other kind of answer, so every other answer is an error.
import { connect, type Socket } from "node:net";
import { type LoadJob, REQUEST_FIELDS } from "./load.ts";
import { TlsClient } from "./tls-client.ts";
import { wrongWith } from "./wrong-answers.ts";

/** Returns the bytes of a job's request. */
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

/**
 * Reads one answer after the other. `push` returns undefined while an answer is incomplete. When it
 * is complete, `push` returns its fault in words, such as "status 502 instead of 200", or "" for none.
 */
export class AnswerReader {
  readonly #expectBytes: number;
  #head = "";
  #remaining = -1;
  #wrong = "";

  constructor(expectBytes: number) {
    this.#expectBytes = expectBytes;
  }

  push(chunk: Buffer): string | undefined {
    if (this.#remaining < 0) {
      const before = this.#head.length;
      this.#head += chunk.toString("latin1");
      const end = this.#head.indexOf("\r\n\r\n");
      if (end < 0) return undefined;
      const head = this.#head.slice(0, end + 2);
      const length = Number(/\r\ncontent-length: *(\d+)\r\n/i.exec(head)?.[1] ?? -1);
      if (length < 0) return "no Content-Length";
      const usual = head.startsWith("HTTP/1.1 200 ");
      const status = usual ? 200 : Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1] ?? 0);
      this.#wrong = wrongWith(status, length, this.#expectBytes);
      this.#remaining = length - (chunk.length - (end + 4 - before));
    } else this.#remaining -= chunk.length;
    if (this.#remaining > 0) return undefined;
    const wrong = this.#remaining < 0 ? "bytes after the answer" : this.#wrong;
    this.#head = "";
    this.#remaining = -1;
    return wrong;
  }
}

/** A connection of the generator. It carries one request at a time. */
export class ClientConnection {
  readonly #socket: Socket;
  readonly #reader: AnswerReader;
  #onAnswer: ((wrong: string) => void) | undefined;
  #failure = "";
  #onClose: (() => void) | undefined;

  /** @param tls the client that connections over TLS share when one resumes the session of another */
  constructor(job: LoadJob, tls = new TlsClient(job)) {
    const secured = job.tls ? tls.connect() : undefined;
    this.#socket = secured ?? connect({ host: "127.0.0.1", port: job.port });
    this.#socket.setNoDelay(true);
    this.#reader = new AnswerReader(job.expectBytes);
    this.#socket.on("data", (chunk: Buffer) => {
      const wrong = this.#reader.push(chunk);
      if (wrong !== undefined) this.#answer(wrong || (secured ? tls.faultOf(secured) : ""));
    });
    this.#socket.on("error", (error: NodeJS.ErrnoException) => {
      this.#failure = ` (${error.code ?? error.message})`;
      this.#socket.destroy();
    });
    this.#socket.on("close", () => {
      this.#answer(`the connection closed before the answer was complete${this.#failure}`);
      this.#onClose?.();
    });
  }

  get open(): boolean {
    return !this.#socket.destroyed;
  }

  /**
   * Sends `request`. When the answer has come, calls `onAnswer` with the fault of the answer in
   * words, or with "" for an answer without a fault.
   */
  send(request: Buffer | string, onAnswer: (wrong: string) => void): void {
    this.#onAnswer = onAnswer;
    this.#socket.write(request, "latin1");
  }

  onClose(then: () => void): void {
    this.#onClose = then;
  }

  close(): void {
    this.#socket.destroy();
  }

  #answer(wrong: string): void {
    const then = this.#onAnswer;
    this.#onAnswer = undefined;
    then?.(wrong);
  }
}
