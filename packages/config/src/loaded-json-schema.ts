// Describes a loaded tandem.yaml, a Config, as a JSON Schema. The published package's types are made from it, because the
// types that zod infers need zod. Zod cannot describe what its transforms return, so each transform has a row here. Where
// JSON Schema has no words for a type, `tsType` names the type of TypeScript, as json-schema-to-typescript expects it.
import { z } from "zod";
import { backend } from "./schema/backend.ts";
import { config } from "./schema/config.ts";
import { bindAddress, duration, encoded, serverAddress, size } from "./schema/units.ts";

interface Json {
  readonly [key: string]: unknown;
  readonly required?: readonly string[];
}

interface ObjectSchema extends Json {
  readonly properties: Readonly<Record<string, Json>>;
  readonly required: readonly string[];
}

const NUMBER: Json = { type: "number" };
const ADDRESS: Json = { tsType: "Address" };

const SENT: Json = { tsType: "SendProxyConfig" };

/** What each transform of the schema returns. Schemas that differ in their descriptions share a transform. */
const RETURNED: ReadonlyMap<z.core.$ZodType, () => Json> = new Map<z.core.$ZodType, () => Json>([
  [duration.out, () => NUMBER],
  [size.out, () => NUMBER],
  [bindAddress.out, () => ADDRESS],
  [serverAddress.out, () => ADDRESS],
  [encoded.out, () => ({ type: "string" })],
  [backend.out, loadedBackend],
]);

/** Returns the JSON Schema of what `loadConfig` returns. */
export function loadedJsonSchema(): object {
  return described(config);
}

function described(schema: z.ZodType): ObjectSchema {
  return z.toJSONSchema(schema, {
    target: "draft-2020-12",
    io: "output",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      const { def } = zodSchema._zod;
      if (def.type !== "pipe") return;
      const returned = RETURNED.get(def.out);
      if (returned !== undefined) Object.assign(jsonSchema, returned());
    },
  }) as ObjectSchema;
}

/** Describes a backend as its transform returns it: with an algorithm, and with its check filled in. */
function loadedBackend(): Json {
  const { $schema: _, properties, required, ...rest } = described(backend.in);
  const { balance, ...others } = properties;
  const chosen = { ...balance, required: [...(balance?.required ?? []), "algorithm"] };
  return {
    ...rest,
    properties: { ...others, balance: chosen, check: { tsType: "CheckConfig" }, sendProxy: SENT },
    required: [...required, "check"],
  };
}
