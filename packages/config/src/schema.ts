// The schema as an object of zod, for tests and for what is made from it. It is an entry of its own, so that the types
// of the package's main entry need no other package.
export { loadedJsonSchema } from "./loaded-json-schema.ts";
export { config as configSchema } from "./schema/config.ts";
