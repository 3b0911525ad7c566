// Why a request got no answer, or not all of one, when its stream to the server was lost: the error code, and the words
// for the log.
import type { ServerStream } from "../pool/server-stream.ts";
import type { ProxyErrorCode } from "./proxy-error.ts";

/** Returns why a request was lost at the server `name` before any of its answer came. */
export function lossOf(stream: ServerStream | undefined, name: string): [ProxyErrorCode, string] {
  if (stream?.refused === true) return ["stream-refused", `${name} refused the request unseen`];
  const fault = brokenBy(stream);
  return fault === undefined
    ? ["server-closed", `${name} closed the connection before it answered`]
    : ["connection-broken", `${name}: ${fault}`];
}

/** Returns the server's fault for which the connection of `stream` was closed, in words; undefined when there is none. */
export function brokenBy(stream: ServerStream | undefined): string | undefined {
  const fault = stream?.broken;
  return fault === undefined ? undefined : `Tandem closed the connection: ${fault}`;
}
