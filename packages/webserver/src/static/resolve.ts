// Turns a request path into a file name below a root folder. `@tandem/http` has already brought the
// path into normal form (RFC 3986 §6.2.2). Here the path is decoded exactly once. A decoded name
// that could lead out of the root is refused, not repaired.

/**
 * A file name relative to the root, or the reason why the path has none. The name of a folder is "" or ends with "/".
 */
export type Resolution = { readonly name: string } | { readonly refused: string };

/**
 * Returns the file name for a path: `my%20cat.png` becomes `my cat.png`, `../secret` is refused. `rest` is the part
 * of the request's path after the location's prefix, without the query.
 */
export function resolveName(rest: string): Resolution {
  let decoded: string;
  try {
    decoded = rest.includes("%") ? decodeSegments(rest) : rest;
  } catch (error) {
    return { refused: error instanceof Refused ? error.message : "not UTF-8" };
  }
  if (decoded.includes("\0")) return { refused: "NUL" };
  if (decoded.includes("\\")) return { refused: "backslash" };
  const segments = decoded.split("/");
  const last = segments.length - 1;
  for (const [at, segment] of segments.entries()) {
    if (segment === "" && at !== last) return { refused: "empty segment" };
    if (segment === "." || segment === "..") return { refused: "dot segment" };
    if (segment.startsWith(".")) return { refused: "hidden file" };
  }
  return { name: decoded };
}

/** Whether a request can name a file that is called `name` on disk. It cannot name a hidden file. */
export function isServable(name: string): boolean {
  return !name.startsWith(".") && !name.includes("\\");
}

class Refused extends Error {}

function decodeSegments(path: string): string {
  const segments = path.split("/").map((segment) => {
    const decoded = decodeURIComponent(segment);
    if (decoded.includes("/")) throw new Refused("encoded slash");
    return decoded;
  });
  return segments.join("/");
}
