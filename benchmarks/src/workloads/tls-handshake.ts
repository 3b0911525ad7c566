// Measures connections over TLS, one request on each: with full handshakes, and with sessions that are resumed.
import type { Handshake } from "../load/load.ts";
import { newConnection } from "./new-connection.ts";
import { overTls, type Workload } from "./workload.ts";

function beginning(name: string, words: string, handshake: Handshake): Workload {
  const { title } = newConnection;
  return { ...overTls(newConnection), name, title: `${title}: ${words}`, handshake };
}

export const tlsHandshake = beginning("tls-handshake", "full handshakes of TLS 1.3, ECDSA", {
  kind: "full",
  version: "TLSv1.3",
});

export const tlsResumed = beginning("tls-resumed", "resumed, TLS 1.3", {
  kind: "resumed",
  version: "TLSv1.3",
});

export const tls12Resumed = beginning("tls-1.2-resumed", "resumed, TLS 1.2", {
  kind: "resumed",
  version: "TLSv1.2",
});
