// The kinds of filters, and what a filter is. Of @tandem/http it needs the types only, so that whoever reads the
// configuration does not load the codec.
export type { FilterKeys, FilterKind, Surroundings, Vocabulary } from "./define.ts";
export type * from "./filter.ts";
export { FRONTEND_FILTERS, ROUTE_FILTERS } from "./filters.ts";
