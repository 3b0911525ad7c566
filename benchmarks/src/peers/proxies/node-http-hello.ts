// A server on node:http that answers by itself, without a server behind it. It shows the cost of Node's own HTTP
// server.
import { BODY_BYTES } from "../../origin/answers.ts";
import { serve } from "./setup.ts";

const body = Buffer.alloc(BODY_BYTES["/small"] ?? 0, "x");
serve((_request, response) => {
  response.writeHead(200, { "Content-Type": "text/plain", "Content-Length": body.length });
  response.end(body);
});
