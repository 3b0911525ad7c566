// Strong entity tags (RFC 9110 §8.8.3). Small files are tagged by content; large ones by size and
// modification time in microseconds. The inode is left out: the same file on the other box must have
// the same tag, or every second revalidation through the balancer would fail.

const HASH_DIGITS = 32;

/** `hash` is the SHA-256 of the content in hex, where it is known. */
export function entityTag(size: number, modifiedMs: number, hash: string | undefined): string {
  if (hash !== undefined) return `"${hash.slice(0, HASH_DIGITS)}"`;
  return `"${size.toString(16)}-${Math.floor(modifiedMs * 1000).toString(16)}"`;
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

/** Whether a list, or `*`, names `etag` by the weak comparison of RFC 9110 §8.8.3.2. */
export function namesWeakly(list: string, etag: string): boolean {
  return list.trim() === "*" || parseTags(list).some(({ opaque }) => opaque === etag);
}

/** The same by the strong comparison: a weak tag never matches. */
export function namesStrongly(list: string, etag: string): boolean {
  return (
    list.trim() === "*" || parseTags(list).some(({ weak, opaque }) => !weak && opaque === etag)
  );
}
