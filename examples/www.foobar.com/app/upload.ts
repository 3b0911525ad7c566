// Reads a multipart form into `request.body`, and its one file into `request.upload`, within bounds.
import type { FastifyRequest } from "fastify";

/** Largest picture in bytes. */
const MAX_IMAGE_BYTES = 8 * 1024 * 1024;

export interface Upload {
  readonly data: Buffer;
  /** The file was larger than allowed, and the rest of it was thrown away. */
  readonly truncated: boolean;
}

declare module "fastify" {
  interface FastifyRequest {
    /** The file sent with the form, unless there was none. */
    upload: Upload | undefined;
  }
}

/** Bounds for @fastify/multipart: a post is a few fields and one picture. */
export const UPLOAD_LIMITS = {
  fields: 10,
  fieldNameSize: 100,
  fieldSize: 200_000,
  files: 1,
  fileSize: MAX_IMAGE_BYTES,
  parts: 12,
  headerPairs: 50,
} as const;

/** A form that cannot be read: not well formed, or not all of it came. */
class UnreadableFormError extends Error {
  readonly statusCode = 400;
}

/** A preValidation hook: form tokens are checked after it, against the fields it has read. */
export async function readUpload(request: FastifyRequest): Promise<void> {
  if (!request.isMultipart()) return;
  try {
    request.body = await readForm(request);
  } catch (error) {
    // The parser's own errors have no status; those for limits have 413.
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
    const data = await part.toBuffer();
    // A browser sends an empty file where none was chosen.
    if (data.length > 0) request.upload = { data, truncated: part.file.truncated };
  }
  return fields;
}
