// Reads the files of a certificate and its key. When a file cannot be read, the error names the setting, because the
// error stops the start of the tier.
import { readFileSync } from "node:fs";

/** The paths of a certificate chain and of its key. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

/**
 * The paths of a certificate, of its key, and of the authority's certificate. The other side must show a certificate
 * that this authority has signed.
 */
export interface InternalFiles extends CertificateFiles {
  readonly ca: string;
}

/** Reads a PEM file. Throws an error that names the setting and says why the file cannot be read. */
export function readPem(path: string, setting: string): Buffer {
  // The message must not repeat the text of the setting, because the text may be the key itself.
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
