// Small dense matrices, as lists of rows: what the exact solutions need of linear algebra.

export type Matrix = readonly (readonly number[])[];

const at = (matrix: Matrix, row: number, column: number): number => matrix[row]?.[column] ?? 0;

/** Makes a matrix of `rows` × `columns` from a function of the place. */
export function matrix(
  rows: number,
  columns: number,
  value: (row: number, column: number) => number,
): Matrix {
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) => value(row, column)),
  );
}

export const identity = (size: number): Matrix =>
  matrix(size, size, (row, column) => (row === column ? 1 : 0));

export function plus(a: Matrix, b: Matrix, factor = 1): Matrix {
  return a.map((row, i) => row.map((value, j) => value + factor * at(b, i, j)));
}

export function times(a: Matrix, b: Matrix): Matrix {
  const columns = b[0]?.length ?? 0;
  return a.map((row) => {
    const product = new Array<number>(columns).fill(0);
    for (const [k, value] of row.entries()) {
      if (value === 0) continue;
      const other = b[k] ?? [];
      for (let j = 0; j < columns; j++) product[j] = (product[j] ?? 0) + value * (other[j] ?? 0);
    }
    return product;
  });
}

/** Returns a⁻¹·b, by Gauss's elimination with row exchanges. `a` must be regular. */
export function solve(a: Matrix, b: Matrix): Matrix {
  const size = a.length;
  const rows = a.map((row, i) => [...row, ...(b[i] ?? [])]);
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++)
      if (Math.abs(at(rows, row, column)) > Math.abs(at(rows, pivot, column))) pivot = row;
    const top = rows[pivot] ?? [];
    rows[pivot] = rows[column] ?? [];
    rows[column] = top;
    const divisor = top[column] ?? 0;
    for (let i = column; i < top.length; i++) top[i] = (top[i] ?? 0) / divisor;
    for (const [index, row] of rows.entries()) {
      const factor = row[column] ?? 0;
      if (index === column || factor === 0) continue;
      for (let i = column; i < row.length; i++) row[i] = (row[i] ?? 0) - factor * (top[i] ?? 0);
    }
  }
  return rows.map((row) => row.slice(size));
}

/** Returns the row vector x with x·a = 0 and Σ x = 1, for a singular `a` such as a chain's rates. */
export function leftNull(a: Matrix): readonly number[] {
  const size = a.length;
  // The transposed equations, the last of which is replaced by the sum.
  const left = matrix(size, size, (row, column) => (row === size - 1 ? 1 : at(a, column, row)));
  const right = matrix(size, 1, (row) => (row === size - 1 ? 1 : 0));
  return solve(left, right).map(([value]) => value ?? 0);
}

export const sumOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0);
