// The answers of the origin. The bytes of each answer are made once and sent many times.

/** The paths that the origin answers, and the length of the body for each path. */
export const BODY_BYTES: Readonly<Record<string, number>> = {
  "/small": 128,
  "/64k": 64 * 1024,
  "/1m": 1024 * 1024,
  "/8m": 8 * 1024 * 1024,
  "/upload": 2,
  "/slow": 128,
  "/varied": 128,
  "/healthz": 2,
};

/** How long the origin waits before it answers `/slow`. */
export const SLOW_MS = 50;

/** Makes a complete response with a body of `length` bytes of `x`. */
export function canned(length: number, status = "200 OK"): Buffer {
  const head =
    `HTTP/1.1 ${status}\r\nDate: ${new Date().toUTCString()}\r\n` +
    `Content-Type: text/plain\r\nContent-Length: ${length}\r\n\r\n`;
  return Buffer.from(head + "x".repeat(length));
}

/**
 * The response for each path, with the Date that an origin has to send (RFC 9110 §6.6.1). If the origin sent no Date,
 * each proxy that follows that section would add one, and the benchmark would measure the cost of adding.
 */
export class CannedAnswers {
  readonly #answers = new Map(
    Object.entries(BODY_BYTES).map(([path, length]) => [path, canned(length)]),
  );
  #second = 0;

  /**
   * Returns the response for `path`. Use the buffer only within the present second, because the
   * Date in the same memory is overwritten later.
   */
  get(path: string): Buffer | undefined {
    const second = Math.floor(Date.now() / 1000);
    if (second !== this.#second) this.#redate(second);
    return this.#answers.get(path);
  }

  #redate(second: number): void {
    this.#second = second;
    const date = new Date(second * 1000).toUTCString();
    for (const answer of this.#answers.values()) {
      answer.write(date, answer.indexOf("Date: ") + "Date: ".length, "latin1");
    }
  }
}

let varied = 0;

/** Makes an answer like an application's: Date changes every second, ETag and Set-Cookie change in every answer. */
export function variedAnswer(length: number): string {
  const n = (++varied).toString(36).padStart(8, "0");
  return (
    `HTTP/1.1 200 OK\r\nDate: ${new Date().toUTCString()}\r\nContent-Type: text/html; charset=utf-8\r\n` +
    `ETag: W/"80-${n}"\r\nCache-Control: private, max-age=0, must-revalidate\r\n` +
    `Set-Cookie: session=${n}f3c9d1e7a5b8; Path=/; HttpOnly; Secure; SameSite=Lax\r\n` +
    `Vary: Accept-Encoding, Cookie\r\nContent-Length: ${length}\r\n\r\n${"x".repeat(length)}`
  );
}
