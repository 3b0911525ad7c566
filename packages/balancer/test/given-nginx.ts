// nginx with a configuration of the test's own, on ports that the test has chosen.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "./given.ts";
import { accepts } from "./given-haproxy.ts";

/** Debian keeps nginx where only root looks for programs. */
const env = { PATH: `${process.env.PATH}:/usr/sbin` };

/** The reason to skip a test of nginx; false when it is installed. */
export const withoutNginx: string | false =
  spawnSync("nginx", ["-v"], { env }).error === undefined ? false : "nginx is not installed";

/** Starts nginx with `servers` in its `http` block. Resolves when it accepts connections on `port`. */
export async function givenNginx(port: number, servers: string): Promise<AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), "tandem-nginx-"));
  const file = join(folder, "nginx.conf");
  const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `${name}_temp_path ${folder}/${name};\n`,
  );
  const main = `daemon off;\nmaster_process off;\npid ${folder}/pid;\nerror_log ${folder}/error.log;\nevents {}\n`;
  await writeFile(file, `${main}http {\naccess_log off;\n${paths.join("")}${servers}}\n`);
  const child = spawn("nginx", ["-p", folder, "-c", file], { stdio: "ignore", env });
  await until(() => accepts(port));
  return {
    async [Symbol.asyncDispose]() {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}
