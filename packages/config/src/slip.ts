// A slip in a file, as the person who made it is told of it.

export interface Slip {
  readonly message: string;
  /** Where to look, when that is not where the parser stopped. */
  readonly at?: { readonly line: number; readonly column: number; readonly width: number };
}
