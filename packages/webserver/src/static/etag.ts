// Strong entity tags (RFC 9110 §8.8.3), made from the hash of the content. Only a hash of the
// content is the same on both boxes for the same bytes, and different for other bytes. The tags of
// both boxes must be equal, because the balancer sends about half of the revalidations to the box
// that did not send the file before.

const HASH_DIGITS = 32;

/** Returns the entity tag, quotes included, of the content whose SHA-256 in hex is `hash`. */
export function entityTag(hash: string): string {
  return `"${hash.slice(0, HASH_DIGITS)}"`;
}

interface ParsedTag {
  readonly weak: boolean;
  readonly opaque: string;
}

const MEMBER = /[ \t,]*(W\/)?("[\x21\x23-\x7e\x80-\xff]*")[ \t]*(?:,|$)/y;

/** Reads a list of entity tags, such as `"a", W/"b"`, up to the first member that is not an entity tag. */
function parseTags(list: string): ParsedTag[] {
  const tags: ParsedTag[] = [];
  MEMBER.lastIndex = 0;
  for (let match = MEMBER.exec(list); match !== null; match = MEMBER.exec(list)) {
    tags.push({ weak: match[1] !== undefined, opaque: match[2] ?? "" });
  }
  return tags;
}

/**
 * Whether a list of entity tags contains `etag` by the weak comparison of RFC 9110 §8.8.3.2. `*`
 * matches every file. A file without a tag is matched only by `*`.
 */
export function namesWeakly(list: string, etag: string | undefined): boolean {
  return list.trim() === "*" || parseTags(list).some(({ opaque }) => opaque === etag);
}

/**
 * Whether a list of entity tags contains `etag` by the strong comparison (RFC 9110 §8.8.3.2), in
 * which a weak tag never matches.
 */
export function namesStrongly(list: string, etag: string | undefined): boolean {
  return (
    list.trim() === "*" || parseTags(list).some(({ weak, opaque }) => !weak && opaque === etag)
  );
}
