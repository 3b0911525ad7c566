// A kind of filter as everything else knows it: what can be written for it in tandem.yaml, and how a filter is made of
// that.
import type { z } from "zod";
import type { Filter } from "./filter.ts";

/** The configuration's own words for values, to build a schema of; the configuration lends them. */
export interface Vocabulary {
  /** `%2F`: a character that is not plain in a path. */
  readonly encoded: z.ZodType<string, string>;
  /** `www.foobar.com`, `*.foobar.com` or `*`. */
  readonly hostPattern: z.ZodType<string, string>;
}

/** What a filter can ask about the place where it stands; made anew at a reload, with the filter. */
export interface Surroundings {
  /** Makes the test whether a host, in the form of `hostName`, is a name of the site or one of those `besides`. */
  readonly siteHosts: (besides: readonly string[]) => (host: string) => boolean;
}

/** One row of filters.ts. */
export interface FilterKind<S extends z.ZodType = z.ZodType> {
  /** What the key takes. With a default the filter stands everywhere, with `.optional()` where it is written. */
  schema(words: Vocabulary): S;
  /**
   * Makes the filter of what was written. Undefined = there is nothing to do, and the chain does without it. Throws
   * when it cannot be made: the configuration is refused then, and a reload changes nothing.
   */
  open(written: z.output<S>, surroundings: Surroundings): Filter | undefined;
}

/** Infers the type of what can be written. */
export function defineFilter<S extends z.ZodType>(kind: FilterKind<S>): FilterKind<S> {
  return kind;
}

/** The keys of a place: each takes what its kind's schema says. */
export type FilterKeys<R extends Readonly<Record<string, FilterKind>>> = {
  [Key in keyof R]: ReturnType<R[Key]["schema"]>;
};
