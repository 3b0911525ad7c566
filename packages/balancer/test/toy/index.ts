// The toy protocol, for tests of other packages.
export { givenToyBalancer, givenToyClient, givenToyServer, until } from "./given-toy.ts";
export { toyServers } from "./toy-connection.ts";
export { TOY_CLIENTS } from "./toy-session.ts";
