// The attacker as a process of its own: `node attack-process.ts FLOOD PORT CONNECTIONS` attacks until a line comes on its
// standard input, and then prints what it has seen. Its priority is low, so that what a normal client waits for is the
// proxy and not the attacker.
import { once } from "node:events";
import { setPriority } from "node:os";
import { Attack } from "./attack.ts";
import { FLOODS } from "./floods.ts";

const [name, port, connections] = process.argv.slice(2);
const flood = FLOODS.find((one) => one.name === name);
if (flood === undefined) throw new Error(`there is no flood "${name}"`);
setPriority(5);
const attack = new Attack(flood, Number(port), Number(connections));
await once(process.stdin, "data");
attack.stop();
process.stdin.destroy();
console.log(JSON.stringify(attack.result));
