// The answer to a request that is refused before anybody handles it.
import { writeResponseHead } from "../h1/serializer.ts";
import { Fields } from "../message/fields.ts";
import { reasonPhrase } from "../message/status.ts";

/** The whole of it; it closes the connection. */
export function refusal(status: number): string {
  const fields = new Fields();
  const body = `${status} ${reasonPhrase(status)}\n`;
  fields.add("Content-Type", "text/plain");
  fields.add("Content-Length", String(body.length));
  fields.add("Connection", "close");
  return writeResponseHead(status, reasonPhrase(status), fields) + body;
}
