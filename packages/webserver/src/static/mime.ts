// Media types by file name. Browsers are told not to guess (nosniff), so an unknown name is bytes.
import { Mime } from "mime";
import other from "mime/types/other.js";
import standard from "mime/types/standard.js";

/** Registered, and not in the library yet (RFC 8878). */
const MISSING = { "application/zstd": ["zst"] };
/** Names whose content is compressed inside: a browser shows it only when told so. */
const ENCODED: ReadonlyMap<string, string> = new Map([[".svgz", "gzip"]]);

export class MediaTypes {
  readonly #mime = new Mime(standard, other, MISSING);

  /** `own` maps extensions without their dot to types, and wins over the known ones. */
  constructor(own: Readonly<Record<string, string>> = {}) {
    for (const [extension, type] of Object.entries(own))
      this.#mime.define({ [type]: [extension] }, true);
  }

  /** The Content-Type for a file name; text is said to be UTF-8 unless the type says otherwise. */
  contentType(name: string): string {
    const type = this.#mime.getType(name) ?? "application/octet-stream";
    return type.startsWith("text/") && !type.includes(";") ? `${type}; charset=utf-8` : type;
  }

  /** The Content-Encoding for a file name. */
  contentEncoding(name: string): string | undefined {
    return ENCODED.get(name.slice(name.lastIndexOf(".")).toLowerCase());
  }
}
