// What may come at once or later.

export function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return (
    typeof value === "object" &&
    value !== null &&
    "then" in value &&
    typeof value.then === "function"
  );
}

/** `use` of the value: at once when it is there, and then what it throws is thrown at once too. */
export function whenThere<T, R>(value: T | Promise<T>, use: (value: T) => R): R | Promise<R> {
  return isPromise(value) ? Promise.resolve(value).then(use) : use(value);
}
