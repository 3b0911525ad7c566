// Helpers for tests of an application and for tests of this package: real servers, and an appserver in the test's own
// process.
export { type Host, type HostOptions, startHost } from "./host.ts";
export { type Mariadb, startMariadb } from "./mariadb.ts";
export { end, environment, eventually, freePort, start } from "./process.ts";
export { type RedisServer, startRedis } from "./redis.ts";
