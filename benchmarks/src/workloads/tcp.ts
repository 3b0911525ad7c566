// Measures TCP mode: bytes that the proxy passes on without reading them. The clients ask for 1 MiB again and again on
// connections that stay, so the cost of a request is the cost of a MiB.
import { own } from "../load/own.ts";
import { mib1 } from "./1mib.ts";
import { newConnection } from "./new-connection.ts";
import type { Workload } from "./workload.ts";

const { quick: _, ...large } = mib1;

export const tcp: Workload = {
  ...large,
  name: "tcp",
  title: "TCP mode, 1 MiB at a time, 16 connections that stay: a request is a MiB",
  tcp: true,
};

/** A connection to the proxy and one to the server for each request. */
export const tcpNewConnection: Workload = {
  ...newConnection,
  name: "tcp-new-connection",
  title: "TCP mode, a connection for each request of 128 B, 64 at a time",
  tcp: true,
  // wrk would keep the connections: the origin does not close them, and no proxy of HTTP asks for that here.
  generator: own,
};
