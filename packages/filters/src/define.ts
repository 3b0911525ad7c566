// Defines a kind of filter: what can be written for it in tandem.yaml, and how a filter is made from the written
// values.
import type { z } from "zod";
import type { Filter } from "./filter.ts";

/** The parts of zod that filters have needed so far. Parts that no schema names are left out of the built program. */
type Zod = Pick<
  typeof z,
  "array" | "boolean" | "enum" | "int" | "literal" | "number" | "strictObject" | "string"
>;

/**
 * What a kind of filter builds its schema from: zod, and schemas of values that occur in many places of tandem.yaml.
 * The configuration package passes them in. If a filter imported zod itself, every data thread would load zod, though a
 * data thread never reads a schema. That takes a thread several megabytes.
 */
export interface Vocabulary {
  readonly z: Zod;
  /** Accepts a percent-encoded character such as `%2F`. Refuses `%41`, because it means a plain `A`. */
  readonly encoded: z.ZodType<string, string>;
  /** Accepts a host or a pattern of hosts: `www.foobar.com`, `*.foobar.com` or `*`. */
  readonly hostPattern: z.ZodType<string, string>;
}

/**
 * What a filter may need to know about the frontend or route that it is on. The object is made anew at each reload,
 * together with the filter.
 */
export interface Surroundings {
  /**
   * Returns a function that says whether a host is a name of the site or matches one of the
   * patterns in `besides`. The function expects a host in the form of `RequestHead.hostName`:
   * without port, final dot and escapes.
   */
  readonly siteHosts: (besides: readonly string[]) => (host: string) => boolean;
}

/** A kind of filter: one row of a table in filters.ts. */
export interface FilterKind<S extends z.ZodType = z.ZodType> {
  /**
   * Returns the schema for the values of this kind in tandem.yaml. If the schema has a default,
   * every frontend or route has the filter. If the schema is `.optional()`, a frontend or route has
   * the filter only when tandem.yaml contains its key there.
   */
  schema(words: Vocabulary): S;
  /**
   * Makes the filter from its configuration. Returns undefined when the filter would do nothing; the chain then leaves
   * it out. Throws when the filter cannot be made; the configuration is then refused, and a reload changes nothing.
   */
  open(written: z.output<S>, surroundings: Surroundings): Filter | undefined;
}

/** Returns `kind` unchanged. The call lets TypeScript infer the type of `written` from the schema. */
export function defineFilter<S extends z.ZodType>(kind: FilterKind<S>): FilterKind<S> {
  return kind;
}

/**
 * The filter keys of a frontend or a route in tandem.yaml, each with the schema of its kind. `R` is the table of kinds.
 */
export type FilterKeys<R extends Readonly<Record<string, FilterKind>>> = {
  [Key in keyof R]: ReturnType<R[Key]["schema"]>;
};
