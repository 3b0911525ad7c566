// The contract of pickers as a library of named checks, and the servers and clock that it plays with. It needs fast-check,
// which the algorithms themselves do not.
export { type Fake, fake, fakes, type Open, seeded, world } from "./fake.ts";
export {
  picksOnlyCandidates,
  prefersOneServer,
  RULES,
  type Rule,
  repeatsItself,
  STRICT_RULES,
} from "./rules.ts";
export { shares } from "./shares.ts";
