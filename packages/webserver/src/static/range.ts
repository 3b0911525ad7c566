// Parses one byte range (RFC 9110 §14). A request for several ranges is answered with the whole
// file, which §14.2 allows, because attackers have used many ranges in one request to overload
// servers.

/** Bytes `first` to `last`, both included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

const SINGLE = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i;

/**
 * Returns the range that the value of a Range field requests from a file of `size` bytes: `bytes=0-99` means the
 * first 100 bytes, `bytes=-100` the last 100. Returns "unsatisfiable" when the answer must be status 416, and
 * undefined when the whole file is sent.
 */
export function parseRange(
  value: string | undefined,
  size: number,
): ByteRange | "unsatisfiable" | undefined {
  if (value === undefined) return undefined;
  const match = SINGLE.exec(value);
  const [from, to] = [match?.[1], match?.[2]];
  if (from === undefined || to === undefined || (from === "" && to === "")) return undefined;
  if (from === "") {
    const suffix = Math.min(Number(to), size);
    return suffix === 0 ? "unsatisfiable" : { first: size - suffix, last: size - 1 };
  }
  const first = Number(from);
  if (to !== "" && Number(to) < first) return undefined;
  if (first >= size) return "unsatisfiable";
  return { first, last: to === "" ? size - 1 : Math.min(Number(to), size - 1) };
}
