// How a schema's complaints become reports that name the place, the value, the expectation and what was probably meant.
// The laboratory uses the same words for its scenarios, in the browser too, so nothing here needs Node.
export { DURATION, DURATION_WORDS, durationMs, writtenDuration } from "./duration-text.ts";
export { explain, type Finding, type Written } from "./explain.ts";
export { nearest } from "./nearest.ts";
export { formatPath } from "./path-text.ts";
export { type ConfigProblem, formatProblems } from "./problem.ts";
export {
  allowedKeys,
  allowedValues,
  anchor,
  child,
  describe,
  docsAt,
  kindsIn,
  mappingIn,
  metaOf,
  oneOf,
  schemaAt,
  unwrap,
  valueAt,
} from "./shape.ts";
