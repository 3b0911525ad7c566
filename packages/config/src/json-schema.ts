// The JSON Schema (draft 2020-12) that editors complete and check tandem.yaml with, made from the same
// schema that the loader uses.
import { z } from "zod";
import { config } from "./schema/config.ts";

/** The JSON Schema of what may be written in tandem.yaml. */
export function configJsonSchema(): object {
  return z.toJSONSchema(config, {
    target: "draft-2020-12",
    io: "input",
    override: ({ jsonSchema }) => {
      // "starts_with" and "ends_with" are no formats of JSON Schema; the pattern beside them says the same.
      if (jsonSchema.format === "starts_with" || jsonSchema.format === "ends_with")
        delete jsonSchema.format;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
}
