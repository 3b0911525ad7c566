// Explains why the process cannot listen on an address, and what the operator can do about it.
import { createServer } from "node:net";
import { type Address, formatAddress } from "./address.ts";
import { type PortHolder, portHolders } from "./port-holders.ts";

/** Returns the error of `listen` on `address` with a message for the operator. The error's `code` is kept. */
export function cannotListen(error: NodeJS.ErrnoException, address: Address): Error {
  const { code = "", message } = error;
  const hint = HINTS[code]?.(address) ?? message;
  const why = `cannot listen on ${formatAddress(address)}: ${hint}`;
  return Object.assign(new Error(why, { cause: error }), { code });
}

const HINTS: Readonly<Record<string, (address: Address) => string>> = {
  EADDRINUSE: (address) => {
    const holders = portHolders(address);
    const who = holders.length === 0 ? "another process" : holders.map(inWords).join(" and ");
    const how = holders.length === 0 ? ` (see: ss -ltnp "sport = :${address.port}")` : "";
    return `${who} listens there already${how}; stop it or change 'bind'`;
  },
  EACCES: () => "ports below 1024 need CAP_NET_BIND_SERVICE; grant it or change 'bind'",
  EADDRNOTAVAIL: () =>
    "this machine has no such address; change 'bind', or start only this machine's box (--box NAME)",
};

function inWords({ pid, name }: PortHolder): string {
  return name === "" ? `process ${pid}` : `process ${pid} (${name})`;
}

/**
 * Rejects when another process listens on `address`. `listen` alone does not reject when both
 * processes share the port (SO_REUSEPORT); the kernel then gives each process a part of the
 * connections. The listeners of this process count only with `oursToo`, and port 0 is never taken. Two
 * starts in the same millisecond are not detected, because the other process may begin to listen
 * between this check and the `listen` that follows.
 */
export async function refuseIfTaken(address: Address, oursToo = false): Promise<void> {
  if (address.port === 0) return;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const probe = createServer((socket) => socket.destroy());
  probe.once("error", (error: NodeJS.ErrnoException) => {
    const ours = !oursToo && error.code === "EADDRINUSE" && isOursAlone(address);
    if (ours) resolve();
    else reject(cannotListen(error, address));
  });
  const host = address.host === undefined ? {} : { host: address.host };
  probe.listen({ port: address.port, ...host, exclusive: true }, () =>
    probe.close(() => resolve()),
  );
  await promise;
}

function isOursAlone(address: Address): boolean {
  const holders = portHolders(address);
  return holders.length > 0 && holders.every(({ pid }) => pid === process.pid);
}
