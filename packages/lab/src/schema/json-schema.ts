// Makes the JSON Schema (draft 2020-12) with which editors complete and check scenario files. It is made from the schema
// with which the laboratory checks them.
import * as z from "zod/mini";
import { scenarioFile, studyFile } from "./study-file.ts";

/** Returns the JSON Schema of a file for `tandem lab run`. */
export function scenarioJsonSchema(): object {
  return z.toJSONSchema(z.union([scenarioFile, studyFile]), {
    target: "draft-2020-12",
    io: "input",
    reused: "ref",
    unrepresentable: "any",
    override: ({ jsonSchema }) => {
      // These are for the reference.
      delete jsonSchema.about;
      delete jsonSchema.range;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    },
  });
}
