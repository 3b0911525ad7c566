// Why an address cannot be listened on, and what an operator does about it.
import { createServer } from "node:net";
import { type Address, formatAddress } from "./address.ts";
import { type PortHolder, portHolders } from "./port-holders.ts";

/** The system's refusal to let us listen on `address`, in words; its `code` stays. */
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
 * Rejects when another process listens on `address`, also one that shares its ports (SO_REUSEPORT), beside
 * which the kernel would let us listen without a word: it would then give each of both a part of the
 * connections. Our own listeners do not count, nor does port 0. Between this and the listening that follows
 * another process may still come; two starts in the same millisecond are not told apart.
 */
export async function refuseIfTaken(address: Address): Promise<void> {
  if (address.port === 0) return;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const probe = createServer((socket) => socket.destroy());
  probe.once("error", (error: NodeJS.ErrnoException) => {
    const ours = error.code === "EADDRINUSE" && isOursAlone(address);
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
