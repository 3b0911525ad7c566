// Makes the JSON Schema (draft 2020-12) with which editors complete and check tandem.yaml. It is made from the schema
// that the loader uses.
import { z } from "zod";
import { config } from "./schema/config.ts";

/** Returns the JSON Schema of tandem.yaml. */
export function configJsonSchema(): object {
  return z.toJSONSchema(config, {
    target: "draft-2020-12",
    io: "input",
    override: ({ jsonSchema }) => {
      // "starts_with" and "ends_with" are not formats of JSON Schema. The `pattern` beside such a format has the same
      // meaning, so the format is removed.
      if (jsonSchema.format === "starts_with" || jsonSchema.format === "ends_with")
        delete jsonSchema.format;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
}
