// Tests which fields are dropped when they come as trailers.
import t from "tap";
import { parseFields } from "../h1/parse-fields.ts";
import { Fields } from "./fields.ts";
import { CERTIFICATE_FIELDS, FORWARDING_FIELDS } from "./known-names.ts";
import { dropForbiddenTrailers } from "./trailers.ts";

t.test("no field that only this proxy may write comes as a trailer, however it is spelled", (t) => {
  for (const name of [...FORWARDING_FIELDS, ...CERTIFICATE_FIELDS, "x-request-id"])
    for (const spelled of [name, name.toUpperCase(), name.replaceAll("-", "_")]) {
      const text = `${spelled}: forged\r\nX-Own: 1\r\n`;
      const trailers = new Fields(text);
      t.type(parseFields(text, 0, trailers, 100, "client"), "number");
      dropForbiddenTrailers(trailers);
      t.equal(trailers.lines(), "X-Own: 1\r\n", spelled);
    }
  t.end();
});
