// A slip is a mistake in the YAML of a file, described for the author of the file.

export interface Slip {
  readonly message: string;
  /** Where the slip is. Absent = the slip is where the parser stopped. */
  readonly at?: { readonly line: number; readonly column: number; readonly width: number };
}
