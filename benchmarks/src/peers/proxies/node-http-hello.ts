// node:http answering by itself, without any server behind: what Node's own HTTP server costs.
import { BODY_BYTES } from "../../origin/answers.ts";
import { serve } from "./setup.ts";

const body = Buffer.alloc(BODY_BYTES["/small"] ?? 0, "x");
serve((_request, response) => {
  response.writeHead(200, { "Content-Type": "text/plain", "Content-Length": body.length });
  response.end(body);
});
