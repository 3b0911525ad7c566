// A slip is a mistake in the YAML of a file, described for the author of the file.

export interface Slip {
  readonly message: string;
  /** The place of the slip, when the parser stopped at another place. */
  readonly at?: { readonly line: number; readonly column: number; readonly width: number };
}
