// Where `tandem proxy` and `tandem serve` listen: the word of `--listen`, who can reach such a listener, and why this
// machine may not have it.
import { isIPv4 } from "node:net";
import { type Address, parseAddress } from "@tandem/config";
import { formatAddress, portHolders, refuseIfTaken } from "@tandem/transport";
import { CommandRefusal } from "../refusal.ts";

const LISTEN =
  "expected an address such as 127.0.0.1:8080, or :8080 for every address of this machine";

/** Returns the address of a port that was named alone; undefined when there is no such port. */
export function portOf(text: string, host: string | undefined): Address | undefined {
  const port = Number(text);
  return port > 65_535 ? undefined : { host, port };
}

/** Returns where to listen, for the words `8080`, `:8080`, `*:8080` and `HOST:PORT`. Throws a CommandRefusal. */
export function listenOf(word: string): Address {
  const everywhere = /^:(\d+)$/.exec(word)?.[1];
  const parsed =
    everywhere !== undefined
      ? portOf(everywhere, undefined)
      : /^\d+$/.test(word)
        ? portOf(word, "127.0.0.1")
        : parseAddress(word);
  if (parsed === undefined)
    throw new CommandRefusal(`--listen ${word}: this is no address to listen on; ${LISTEN}`);
  return parsed;
}

/** Whether only this machine can reach a listener on `host`. */
export function isLoopback(host: string | undefined): boolean {
  return (
    host === "localhost" || host === "::1" || (isIPv4(host ?? "") && host?.split(".")[0] === "127")
  );
}

/** Whether a listener on `host` takes connections to every address of this machine. */
export function isEverywhere(host: string | undefined): boolean {
  return host === undefined || host === "0.0.0.0" || host === "::";
}

/** Throws a CommandRefusal that says who listens at `listen`, or why this machine cannot listen there. */
export async function refuseTaken(listen: Address): Promise<void> {
  try {
    await refuseIfTaken(listen);
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    const why = WHY[code]?.(listen) ?? message;
    throw new CommandRefusal(`--listen ${formatAddress(listen)}: ${why}`);
  }
}

const WHY: Readonly<Record<string, (listen: Address) => string>> = {
  EADDRINUSE: (listen) => {
    const holders = portHolders(listen).map(({ pid, name }) => `process ${pid} (${name})`);
    const who = holders.join(" and ") || "a process of another user";
    return `${who} listens there already, expected a free port;\nstop it, or listen on another port: --listen ${elsewhere(listen)}`;
  },
  EACCES: (listen) =>
    `ports below 1024 need the right CAP_NET_BIND_SERVICE;\nlisten on a higher port: --listen ${elsewhere({ ...listen, port: 8079 })}`,
  EADDRNOTAVAIL: ({ port }) =>
    `this machine has no such address;\nlisten on this machine alone: --listen 127.0.0.1:${port}`,
};

/** Returns an address with another port, to try instead. */
export function elsewhere({ host, port }: Address): string {
  const other = port >= 65_535 ? 8080 : port + 1;
  return host === undefined ? `:${other}` : formatAddress({ host, port: other });
}
