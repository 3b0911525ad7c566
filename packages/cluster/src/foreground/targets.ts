// The servers that `tandem proxy` balances, as its words name them.
import { networkInterfaces } from "node:os";
import { type Address, parseAddress } from "@tandem/config";
import { formatAddress } from "@tandem/transport";
import { CommandRefusal } from "../refusal.ts";
import { elsewhere, isEverywhere, isLoopback, portOf } from "./listen.ts";

/** A server that `tandem proxy` sends requests to. */
export interface Target {
  /** The server's name in the configuration and in access records, such as `localhost-3000`. */
  readonly name: string;
  /** The server's address as the configuration needs it, such as `localhost:3000`. */
  readonly address: string;
}

const TARGET = "expected a port such as 3000, or HOST:PORT such as 10.0.0.2:3000";
/**
 * The host of a server that was named by its port alone. Some applications listen only on ::1 and others only on
 * 127.0.0.1, so `localhost` is used, which tries both. Where the machine has no ::1, trying it would fail.
 */
function thisMachine(): string {
  const all = Object.values(networkInterfaces()).flatMap((one) => one ?? []);
  return all.some(({ address }) => address === "::1") ? "localhost" : "127.0.0.1";
}

/** Returns the servers for the words `3000`, `:3000`, `HOST:PORT` and `http://HOST:PORT`. Throws a CommandRefusal. */
export function targetsOf(words: readonly string[]): readonly Target[] {
  const targets: Target[] = [];
  for (const word of words) {
    const { host = "", port } = parseTarget(word);
    const address = formatAddress({ host, port });
    if (targets.some((other) => other.address === address))
      throw new CommandRefusal(`${word}: this server is named twice; name each server once`);
    const name = `${host}-${port}`.replaceAll(/[^\w.-]+/g, "-").replace(/^[^a-z\d]+/i, "");
    const known = name.length > 64 || targets.some((other) => other.name === name);
    targets.push({ name: known ? `server-${targets.length + 1}` : name, address });
  }
  return targets;
}

function parseTarget(word: string): Address {
  if (word.startsWith("https://"))
    throw new CommandRefusal(
      `${word}: found https, expected a server that answers plain HTTP, such as localhost:3000;\n` +
        "TLS towards servers needs certificates of both sides, and a configuration file: docs/configuration.md#internal-tls",
    );
  const text = word.replace(/^http:\/\//, "").replace(/\/$/, "");
  const parsed = /^:?\d+$/.test(text)
    ? portOf(text.replace(":", ""), thisMachine())
    : parseAddress(text);
  if (parsed?.host === undefined || parsed.port === 0)
    throw new CommandRefusal(`${word}: this is no server; ${TARGET}`);
  return parsed;
}

/** Throws a CommandRefusal when the balancer would send requests to itself. */
export function refuseLoop(listen: Address, targets: readonly Target[]): void {
  for (const { address } of targets) {
    const target = parseAddress(address);
    if (target?.port !== listen.port) continue;
    const near = isLoopback(target.host) && (isLoopback(listen.host) || isEverywhere(listen.host));
    if (!near && target.host !== listen.host) continue;
    throw new CommandRefusal(
      `--listen ${formatAddress(listen)}: this is also the server ${address}, so each request would go round for ever;\n` +
        `name the port of the application, or listen on another one: --listen ${elsewhere(listen)}`,
    );
  }
}
