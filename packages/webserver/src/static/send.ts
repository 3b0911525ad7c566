// Answers a request with a file. It judges the conditions, then the range, and then sends the body: from memory when
// the file is small, from the disk otherwise.
import { close, fstat, open } from "node:fs";
import type { Fields } from "@tandem/http";
import type { LocalExchange } from "../local-exchange.ts";
import type { CachedFile } from "./cached-file.ts";
import { judge, rangeApplies } from "./conditional.ts";
import { FileTransfer } from "./file-transfer.ts";
import { OPEN_FLAGS } from "./open-flags.ts";
import { type ByteRange, parseRange } from "./range.ts";

/**
 * Answers a GET or HEAD with `file`. Does nothing when the client is gone. When a large file on
 * disk is no longer the version `file`, `stale` is called instead, and nothing is written to the
 * client.
 */
export function sendFile(
  local: LocalExchange,
  file: CachedFile,
  cacheControl: string,
  stale: () => void,
): void {
  if (local.exchange.responseEnded) return;
  local.server = "<STATIC>";
  const { method, fields: request } = local.exchange.head;
  const verdict = judge(request, file);
  if (verdict === "precondition-failed") {
    local.fail(412, "");
    return;
  }
  const fields = describe(local, file, cacheControl);
  if (verdict === "not-modified") {
    local.bare(304, fields);
    return;
  }
  fields.add("Content-Type", file.type);
  if (file.encoding !== undefined) fields.add("Content-Encoding", file.encoding);
  fields.add("X-Content-Type-Options", "nosniff");
  fields.add("Accept-Ranges", "bytes");
  if (method === "HEAD") {
    fields.add("Content-Length", String(file.size));
    local.bare(200, fields);
    return;
  }
  const range = rangeApplies(request, file) ? requestedRange(request, file.size) : undefined;
  if (range === "unsatisfiable") {
    local.fail(416, "", [["Content-Range", `bytes */${file.size}`]]);
  } else if (range === undefined) {
    sendBytes(local, file, 200, fields, { first: 0, last: file.size - 1 }, stale);
  } else {
    fields.add("Content-Range", `bytes ${range.first}-${range.last}/${file.size}`);
    sendBytes(local, file, 206, fields, range, stale);
  }
}

function describe(local: LocalExchange, file: CachedFile, cacheControl: string): Fields {
  const fields = local.fields();
  if (file.lastModified !== undefined) fields.add("Last-Modified", file.lastModified);
  if (file.etag !== undefined) fields.add("ETag", file.etag);
  fields.add("Cache-Control", cacheControl);
  return fields;
}

function requestedRange(request: Fields, size: number): ByteRange | "unsatisfiable" | undefined {
  return request.count("range") > 1 ? undefined : parseRange(request.get("range"), size);
}

function sendBytes(
  local: LocalExchange,
  file: CachedFile,
  status: number,
  fields: Fields,
  { first, last }: ByteRange,
  stale: () => void,
): void {
  const { body } = file;
  if (body !== undefined) {
    local.answer(status, fields, body.subarray(first, last + 1));
    return;
  }
  openVersion(file, (fd) => {
    if (local.exchange.responseEnded) {
      if (fd !== undefined) close(fd, () => undefined);
    } else if (fd === undefined) stale();
    else {
      const length = last - first + 1;
      local.respond(status, fields, length);
      local.transfer = new FileTransfer(local.exchange, fd, { first, last }, file);
      local.transfer.start();
    }
  });
}

/**
 * Opens the file, and calls `done` with its descriptor. Calls `done` with undefined when the file
 * cannot be opened, or when the file on disk is no longer the version `file`: the head announces
 * the length and the tag of that version. A version has the file's inode in it, so a file from
 * outside the root, to which a link now leads, is another version.
 */
function openVersion(file: CachedFile, done: (fd: number | undefined) => void): void {
  open(file.path, OPEN_FLAGS, (error, fd) => {
    if (error !== null) {
      done(undefined);
      return;
    }
    fstat(fd, { bigint: true }, (failed, stats) => {
      if (failed === null && file.is(stats)) {
        done(fd);
        return;
      }
      close(fd, () => undefined);
      done(undefined);
    });
  });
}
