// What tests of an application and of this package share: real servers, and an appserver in-process.
export { type Host, type HostOptions, startHost } from "./host.ts";
export { type Mariadb, startMariadb } from "./mariadb.ts";
export { end, eventually, freePort, start } from "./process.ts";
export { type RedisServer, startRedis } from "./redis.ts";
