// Functions for a value that is either there at once or a promise.

export function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return (
    typeof value === "object" &&
    value !== null &&
    "then" in value &&
    typeof value.then === "function"
  );
}

/**
 * Calls `use` with the value and returns the result. When the value is a promise, `use` is called when the promise
 * resolves. Otherwise `use` is called at once, and an error of `use` is thrown at once.
 */
export function whenThere<T, R>(value: T | Promise<T>, use: (value: T) => R): R | Promise<R> {
  return isPromise(value) ? Promise.resolve(value).then(use) : use(value);
}
