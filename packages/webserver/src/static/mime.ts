// Media types by file name. Answers tell browsers not to guess the type (nosniff), so a file with an unknown extension
// is sent as plain bytes.
import { Mime } from "mime";
import other from "mime/types/other.js";
import standard from "mime/types/standard.js";

/** Types that are registered but are not in the library `mime` yet: zstd (RFC 8878). */
const MISSING = { "application/zstd": ["zst"] };
/** Extensions of files whose content is compressed. A browser can show such a file only with a Content-Encoding. */
const ENCODED: ReadonlyMap<string, string> = new Map([[".svgz", "gzip"]]);

export class MediaTypes {
  readonly #mime = new Mime(standard, other, MISSING);

  /**
   * Makes the table of types. `own` maps extensions without their dot to types, and takes precedence over the known
   * types.
   */
  constructor(own: Readonly<Record<string, string>> = {}) {
    for (const [extension, type] of Object.entries(own))
      this.#mime.define({ [type]: [extension] }, true);
  }

  /** Returns the Content-Type for a file name. Text gets the charset UTF-8 unless its type names another one. */
  contentType(name: string): string {
    const type = this.#mime.getType(name) ?? "application/octet-stream";
    return type.startsWith("text/") && !type.includes(";") ? `${type}; charset=utf-8` : type;
  }

  /** Returns the Content-Encoding for a file name; undefined when the file is sent without one. */
  contentEncoding(name: string): string | undefined {
    return ENCODED.get(name.slice(name.lastIndexOf(".")).toLowerCase());
  }
}
