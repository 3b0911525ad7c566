// A kind of filter: what can be written for it in tandem.yaml, and how a filter is made from that.
import type { z } from "zod";
import type { Filter } from "./filter.ts";

/**
 * Schemas of the configuration's own values, from which a kind builds its schema. The configuration provides them.
 */
export interface Vocabulary {
  /** A percent-encoded character such as `%2F`; not `%41`, which is a plain `A`. */
  readonly encoded: z.ZodType<string, string>;
  /** `www.foobar.com`, `*.foobar.com` or `*`. */
  readonly hostPattern: z.ZodType<string, string>;
}

/** What a filter may need to know about the place where it stands. Made anew at each reload, with the filter. */
export interface Surroundings {
  /** Makes a test: whether a host, in the form of `hostName`, is a name of the site or one of `besides`. */
  readonly siteHosts: (besides: readonly string[]) => (host: string) => boolean;
}

/** One row of filters.ts. */
export interface FilterKind<S extends z.ZodType = z.ZodType> {
  /**
   * The schema of the kind's key. With a default, every place has the filter; with `.optional()`, only places that
   * have the key.
   */
  schema(words: Vocabulary): S;
  /**
   * Makes the filter from its configuration. Undefined = it would do nothing, and the chain leaves it out. Throws
   * when it cannot be made: then the configuration is refused, and a reload changes nothing.
   */
  open(written: z.output<S>, surroundings: Surroundings): Filter | undefined;
}

/** Infers the type of what can be written. */
export function defineFilter<S extends z.ZodType>(kind: FilterKind<S>): FilterKind<S> {
  return kind;
}

/** The keys that one place may have; each takes what the schema of its kind accepts. */
export type FilterKeys<R extends Readonly<Record<string, FilterKind>>> = {
  [Key in keyof R]: ReturnType<R[Key]["schema"]>;
};
