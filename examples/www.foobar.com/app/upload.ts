// Reads a multipart form into `request.body`, and its file into `request.upload`, within limits.
import type { FastifyRequest } from "fastify";

/** The largest size of a picture in bytes. */
const MAX_IMAGE_BYTES = 8 * 1024 * 1024;

export interface Upload {
  /** The bytes of the file; empty when the visitor is not logged in. */
  readonly data: Buffer;
  /** Whether the file was larger than allowed. The rest of such a file was discarded. */
  readonly truncated: boolean;
}

declare module "fastify" {
  interface FastifyRequest {
    /** The file sent with the form; undefined when there was none. */
    upload: Upload | undefined;
  }
}

/** Limits for @fastify/multipart: a post has a few fields and one picture. */
export const UPLOAD_LIMITS = {
  fields: 10,
  fieldNameSize: 100,
  fieldSize: 200_000,
  files: 1,
  fileSize: MAX_IMAGE_BYTES,
  parts: 12,
  headerPairs: 50,
} as const;

/** A form that cannot be read, because it is not well formed or only a part of it arrived. */
class UnreadableFormError extends Error {
  readonly statusCode = 400;
}

/**
 * Reads the upload, as a preValidation hook. This hook runs before form tokens are checked, because that check needs
 * the form's fields. When the visitor is not logged in, the bytes of a picture are counted but not kept, because many
 * such pictures would fill the memory.
 */
export async function readUpload(request: FastifyRequest): Promise<void> {
  if (!request.isMultipart()) return;
  try {
    request.body = await readForm(request);
  } catch (error) {
    // Errors of the parser itself have no status. Errors about limits have the status 413.
    if ((error as { statusCode?: unknown }).statusCode !== undefined) throw error;
    throw new UnreadableFormError("the multipart form cannot be read", { cause: error });
  }
}

async function readForm(request: FastifyRequest): Promise<Record<string, string>> {
  const fields: Record<string, string> = {};
  for await (const part of request.parts()) {
    if (part.type === "field") {
      if (typeof part.value === "string") fields[part.fieldname] = part.value;
      continue;
    }
    const { size, data } = await contentOf(part.file, request.unknown === undefined);
    // When no file was chosen, a browser sends an empty file.
    if (size > 0) request.upload = { data, truncated: part.file.truncated };
  }
  return fields;
}

async function contentOf(
  file: AsyncIterable<Buffer>,
  kept: boolean,
): Promise<{ readonly size: number; readonly data: Buffer }> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of file) {
    size += chunk.length;
    if (kept) chunks.push(chunk);
  }
  return { size, data: Buffer.concat(chunks) };
}
