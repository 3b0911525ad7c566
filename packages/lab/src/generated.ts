// What is generated from the schema of scenarios, for `node scripts/generate.ts`.
export { scenarioJsonSchema } from "./schema/json-schema.ts";
export { scenarioReference } from "./schema/reference.ts";
