// Defines a kind of filter: what can be written for it in tandem.yaml, and how a filter is made from the written
// values.
import type { z } from "zod";
import type { Filter } from "./filter.ts";

/**
 * Schemas of values that the configuration uses in many places. A kind of filter builds its own schema from them. The
 * configuration provides them.
 */
export interface Vocabulary {
  /** A percent-encoded character such as `%2F`. Not `%41`, because that character is a plain `A`. */
  readonly encoded: z.ZodType<string, string>;
  /** A host or a pattern of hosts: `www.foobar.com`, `*.foobar.com` or `*`. */
  readonly hostPattern: z.ZodType<string, string>;
}

/**
 * What a filter may need to know about the frontend or route that it is on. Made anew at each reload, together with
 * the filter.
 */
export interface Surroundings {
  /**
   * Returns a function that says whether a host is a name of the site or one of `besides`. The host is in the form of
   * `hostName`.
   */
  readonly siteHosts: (besides: readonly string[]) => (host: string) => boolean;
}

/** One row of filters.ts. */
export interface FilterKind<S extends z.ZodType = z.ZodType> {
  /**
   * Returns the schema of the kind's key. With a default, every frontend or route has the filter. With `.optional()`,
   * only those that have the key have the filter.
   */
  schema(words: Vocabulary): S;
  /**
   * Makes the filter from its configuration. Undefined = the filter would do nothing, and the chain leaves it out.
   * Throws when the filter cannot be made: then the configuration is refused, and a reload changes nothing.
   */
  open(written: z.output<S>, surroundings: Surroundings): Filter | undefined;
}

/** Returns `kind` unchanged. It makes TypeScript infer the type of the written values from the schema. */
export function defineFilter<S extends z.ZodType>(kind: FilterKind<S>): FilterKind<S> {
  return kind;
}

/**
 * The keys that one place (a frontend, a route) may have. Each key takes the values that the schema of its kind
 * accepts.
 */
export type FilterKeys<R extends Readonly<Record<string, FilterKind>>> = {
  [Key in keyof R]: ReturnType<R[Key]["schema"]>;
};
