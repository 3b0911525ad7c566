// HAProxy with a configuration of the test's own, on ports that the test has chosen.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "./given.ts";

/** The reason to skip a test of HAProxy; false when it is installed. */
export const withoutHaproxy: string | false =
  spawnSync("haproxy", ["-v"]).error === undefined ? false : "haproxy is not installed";

/** Starts HAProxy with `text` as its configuration. Resolves when it accepts connections on `port`. */
export async function givenHaproxy(port: number, text: string): Promise<AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), "tandem-haproxy-"));
  const file = join(folder, "haproxy.cfg");
  const defaults =
    "global\n nbthread 1\ndefaults\n mode http\n timeout connect 5s\n timeout client 30s\n timeout server 30s\n";
  await writeFile(file, `${defaults}${text}`);
  const process = spawn("haproxy", ["-db", "-f", file], { stdio: "ignore" });
  await until(() => accepts(port));
  return {
    async [Symbol.asyncDispose]() {
      const ended = once(process, "exit");
      process.kill("SIGKILL");
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}

/** Resolves to whether a connection to `port` is accepted. */
export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(true));
    socket.on("error", () => resolve(false)).on("connect", () => socket.destroy());
  });
}
