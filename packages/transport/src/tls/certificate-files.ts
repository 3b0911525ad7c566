// Reading the files of a certificate: what stops a start, in words that name the setting.
import { readFileSync } from "node:fs";

/** Paths of a certificate chain and its key. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

/** With the authority that the other side must show a certificate of. */
export interface InternalFiles extends CertificateFiles {
  readonly ca: string;
}

/** Reads a PEM file. Throws an error that says which setting named it and why it cannot be read. */
export function readPem(path: string, setting: string): Buffer {
  // Never repeat it: it may be the key itself.
  if (path.includes("\n")) {
    throw new Error(
      `${setting}: found text of several lines, expected the path of a PEM file; write it to a file that only its user may read`,
    );
  }
  try {
    return readFileSync(path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new Error(`${setting}: cannot read ${path} (${REASONS[code] ?? code})`);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  EACCES: "this user may not",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of the path is a file",
};
