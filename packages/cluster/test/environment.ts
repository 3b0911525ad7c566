/**
 * The environment of a program that a test starts: nothing of the developer's own, and `home` as the home folder. The
 * compile cache, where the test has one, halves what a start costs.
 */
export const environment = (home: string) => ({
  PATH: process.env.PATH,
  HOME: home,
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
});
