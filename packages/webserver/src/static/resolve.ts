// From a request path to a file name below a root. The path was canonical when it got here
// (RFC 3986 §6.2.2); it is decoded exactly once, and whatever could mean another place after that is
// refused rather than repaired.

/** A name relative to the root, "" or ending in "/" for a folder; or why there is none. */
export type Resolution = { readonly name: string } | { readonly refused: string };

/** `rest` is the path below the location's prefix, without query, as it stands in the request. */
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

class Refused extends Error {}

function decodeSegments(path: string): string {
  const segments = path.split("/").map((segment) => {
    const decoded = decodeURIComponent(segment);
    if (decoded.includes("/")) throw new Refused("encoded slash");
    return decoded;
  });
  return segments.join("/");
}
