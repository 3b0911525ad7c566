// Reads the files of a certificate. An error stops the start, and its message names the setting.
import { readFileSync } from "node:fs";

/** The paths of a certificate chain and of its key. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

/**
 * The paths of a certificate and its key, and of an authority: the other side must show a certificate that this
 * authority has signed.
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
