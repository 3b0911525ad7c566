// Strong entity tags (RFC 9110 §8.8.3): the hash of the content. Only the hash is equal on both boxes for
// equal bytes and different for different bytes. That matters because the balancer sends about every second
// revalidation to the other box.

const HASH_DIGITS = 32;

/** The tag of a content. `hash` is its SHA-256 in hex. */
export function entityTag(hash: string): string {
  return `"${hash.slice(0, HASH_DIGITS)}"`;
}

interface ParsedTag {
  readonly weak: boolean;
  readonly opaque: string;
}

const MEMBER = /[ \t,]*(W\/)?("[\x21\x23-\x7e\x80-\xff]*")[ \t]*(?:,|$)/y;

/** Reads a list of entity tags up to the first member that is not an entity tag. */
function parseTags(list: string): ParsedTag[] {
  const tags: ParsedTag[] = [];
  MEMBER.lastIndex = 0;
  for (let match = MEMBER.exec(list); match !== null; match = MEMBER.exec(list)) {
    tags.push({ weak: match[1] !== undefined, opaque: match[2] ?? "" });
  }
  return tags;
}

/**
 * Whether a list contains `etag` by the weak comparison of RFC 9110 §8.8.3.2. `*` matches every file; a file
 * without a tag is matched by nothing else.
 */
export function namesWeakly(list: string, etag: string | undefined): boolean {
  return list.trim() === "*" || parseTags(list).some(({ opaque }) => opaque === etag);
}

/** The same by the strong comparison, in which a weak tag never matches. */
export function namesStrongly(list: string, etag: string | undefined): boolean {
  return (
    list.trim() === "*" || parseTags(list).some(({ weak, opaque }) => !weak && opaque === etag)
  );
}
