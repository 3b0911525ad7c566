// Asks a peer that speaks HTTP/2 for the small answer, to find out whether it is ready.
import { connect } from "node:http2";
import { BODY_BYTES } from "../origin/answers.ts";

const GIVES_UP_MS = 2_000;

/**
 * Resolves to whether a request on a new connection of HTTP/2 to `port` gets the small answer. No answer within two
 * seconds is none.
 */
export function http2Answers(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const session = connect(`http://127.0.0.1:${port}`);
  // The request fails together with its session, and its close says so.
  session.on("error", () => undefined);
  const request = session.request({ ":path": "/small" });
  let status = 0;
  let bytes = 0;
  request.on("response", (fields) => {
    status = Number(fields[":status"]);
  });
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
  });
  request.on("error", () => undefined);
  request.once("close", () => {
    session.destroy();
    resolve(status === 200 && bytes === BODY_BYTES["/small"]);
  });
  request.setTimeout(GIVES_UP_MS, () => request.close());
  return promise;
}
