// Strong entity tags (RFC 9110 §8.8.3): the hash of the content. Nothing else is the same on both boxes for the
// same bytes, which every second revalidation through the balancer asks for, and another for other bytes.

const HASH_DIGITS = 32;

/** `hash` is the SHA-256 of the content in hex. */
export function entityTag(hash: string): string {
  return `"${hash.slice(0, HASH_DIGITS)}"`;
}

interface ParsedTag {
  readonly weak: boolean;
  readonly opaque: string;
}

const MEMBER = /[ \t,]*(W\/)?("[\x21\x23-\x7e\x80-\xff]*")[ \t]*(?:,|$)/y;

/** Reads a list of entity tags up to the first member that is none. */
function parseTags(list: string): ParsedTag[] {
  const tags: ParsedTag[] = [];
  MEMBER.lastIndex = 0;
  for (let match = MEMBER.exec(list); match !== null; match = MEMBER.exec(list)) {
    tags.push({ weak: match[1] !== undefined, opaque: match[2] ?? "" });
  }
  return tags;
}

/** Whether a list, or `*`, names `etag` by the weak comparison of RFC 9110 §8.8.3.2. Only `*` names a file without a tag. */
export function namesWeakly(list: string, etag: string | undefined): boolean {
  return list.trim() === "*" || parseTags(list).some(({ opaque }) => opaque === etag);
}

/** The same by the strong comparison: a weak tag never matches. */
export function namesStrongly(list: string, etag: string | undefined): boolean {
  return (
    list.trim() === "*" || parseTags(list).some(({ weak, opaque }) => !weak && opaque === etag)
  );
}
