// Keeps integers exact. Up to 2^53 an integer is a JavaScript number; beyond that it is a bigint. mysql2 itself returns
// integers beyond 2^53 as text, and sends them as floating point.
import mysql2, { type FieldPacket } from "mysql2";

/** The protocol's number for the type BIGINT. */
const LONGLONG = 8;

/**
 * Returns the names of the columns in which mysql2 may have returned an integer as text. For the results of a CALL
 * mysql2 gives no column types, so integers beyond 2^53 remain text there.
 */
export function integerColumns(
  fields: readonly (FieldPacket | readonly FieldPacket[] | undefined)[],
): readonly string[] {
  const names: string[] = [];
  for (const field of fields)
    if (field !== undefined && "columnType" in field && field.columnType === LONGLONG)
      names.push(field.name);
  return names;
}

/** Turns the texts in `columns` into bigints. Changes `row` itself and returns it. */
export function restoreIntegers<T>(row: T, columns: readonly string[]): T {
  const fields = row as Record<string, unknown>;
  for (const column of columns) {
    const value = fields[column];
    if (typeof value === "string") fields[column] = BigInt(value);
  }
  return row;
}

/**
 * Returns the key of an inserted row; undefined when the database generated no key. mysql2 reads the key as a signed
 * number, and returns it as text beyond 2^53.
 */
export function insertedKey(insertId: number | string): bigint | undefined {
  const key = BigInt.asUintN(64, BigInt(insertId));
  return key === 0n ? undefined : key;
}

/** The largest value of a signed BIGINT. */
const MOST_SIGNED = 2n ** 63n - 1n;

/** Returns `value` in a form that the protocol carries unchanged: integers as integers, bytes as bytes. */
export function toSend(value: unknown): unknown {
  if (typeof value === "bigint") return integer(value);
  if (Number.isSafeInteger(value)) return integer(BigInt(value as number));
  if (value instanceof Uint8Array && !Buffer.isBuffer(value)) {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  }
  return value;
}

function integer(value: bigint): unknown {
  const { BIGINT } = mysql2.TypedParameter;
  return value > MOST_SIGNED ? BIGINT.unsigned(value) : BIGINT(value);
}
