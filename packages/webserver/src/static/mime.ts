// Media types by file name. Browsers are told not to guess (nosniff), so an unknown name is bytes.
import { lookup } from "mrmime";

/** The Content-Type for a file name; text is said to be UTF-8. */
export function contentType(name: string): string {
  const type = lookup(name) ?? "application/octet-stream";
  return type.startsWith("text/") ? `${type}; charset=utf-8` : type;
}
