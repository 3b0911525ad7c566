// The static table of HPACK (RFC 7541 appendix A): fields that both sides know from the start. Index 1 is the first.
import { HeaderField } from "./header-field.ts";

const PSEUDO = `:authority|:method GET|:method POST|:path /|:path /index.html|:scheme http|:scheme https|:status 200
:status 204|:status 206|:status 304|:status 400|:status 404|:status 500`;
const NAMES = `accept-charset|accept-encoding gzip, deflate|accept-language|accept-ranges|accept
access-control-allow-origin|age|allow|authorization|cache-control|content-disposition|content-encoding
content-language|content-length|content-location|content-range|content-type|cookie|date|etag|expect|expires|from|host
if-match|if-modified-since|if-none-match|if-range|if-unmodified-since|last-modified|link|location|max-forwards
proxy-authenticate|proxy-authorization|range|referer|refresh|retry-after|server|set-cookie|strict-transport-security
transfer-encoding|user-agent|vary|via|www-authenticate`;

/** The fields by their index; index 0 is not used. */
export const STATIC_TABLE: readonly (HeaderField | undefined)[] = [
  undefined,
  ...`${PSEUDO}|${NAMES}`.split(/[|\n]/).map((entry) => {
    const [name = ""] = entry.split(" ", 1);
    return new HeaderField(name, entry.slice(name.length + 1));
  }),
];

/** The index of the first entry of the dynamic table (§2.3.3). */
export const FIRST_DYNAMIC = STATIC_TABLE.length;

/** The index of each name. */
export const STATIC_NAMES: ReadonlyMap<string, number> = indexes((field) => field.name);
/** The index of each field that has a value, by `fieldKey`. */
export const STATIC_FIELDS: ReadonlyMap<string, number> = indexes((field) =>
  fieldKey(field.name, field.value),
);

/** Returns the key of a field in maps. No name contains a line feed. */
export function fieldKey(name: string, value: string): string {
  return `${name}\n${value}`;
}

function indexes(keyOf: (field: HeaderField) => string): ReadonlyMap<string, number> {
  const map = new Map<string, number>();
  for (const [index, field] of STATIC_TABLE.entries()) {
    if (field !== undefined && !map.has(keyOf(field))) map.set(keyOf(field), index);
  }
  return map;
}
