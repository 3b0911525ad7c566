// Reads the lists of revoked certificates in a PEM file, or says why they cannot be read.
import { readPem } from "./certificate-files.ts";
import { listTextsOf, type RevocationList, readRevocationList } from "./revocation-list.ts";

interface ParsedList {
  /** The list as PEM. OpenSSL reads only the first list of a text, so each list is a text of its own. */
  readonly text: string;
  readonly list: RevocationList;
}

/** Returns the lists in the file at `path`, at least one. When they cannot be read, returns a text that says why. */
export function parseLists(
  path: string,
  setting: string,
): readonly ParsedList[] | { readonly fault: string } {
  let texts: readonly string[];
  try {
    texts = listTextsOf(readPem(path, setting).toString("latin1"));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { fault: why.slice(setting.length + ": ".length) };
  }
  if (texts.length === 0)
    return { fault: `${path} holds no list, expected PEM (-----BEGIN X509 CRL-----)` };
  try {
    return texts.map((text) => ({ text, list: readRevocationList(text) }));
  } catch {
    return { fault: `${path} holds a damaged list` };
  }
}
