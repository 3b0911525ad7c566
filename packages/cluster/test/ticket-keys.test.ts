// `tandem cert ticket-keys`, as typed.
import { spawnSync } from "node:child_process";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import t from "tap";

t.test("the secret of session tickets is made once, for its owner alone", async (t) => {
  const dir = t.testdir({});
  const [file, keys] = [join(dir, "tandem.yaml"), join(dir, "tickets", "keys")];
  const tandem = fileURLToPath(new URL("../bin/tandem.ts", import.meta.url));
  const run = (...words: string[]) =>
    spawnSync(process.execPath, [tandem, "cert", "ticket-keys", "--config", file, ...words], {
      encoding: "utf8",
    });
  const write = (balancer: object) =>
    writeFileSync(
      file,
      JSON.stringify({
        site: "www.example.test",
        balancer: {
          frontends: { http: { bind: "127.0.0.1:0", routes: [{ backend: "web" }] } },
          backends: { web: { servers: { a: { address: "127.0.0.1:1" } } } },
          ...balancer,
        },
      }),
    );
  write({});
  t.match(run(), { status: 1, stderr: /balancer\.ticketKeys names no file; add it, such as/ });
  write({ ticketKeys: "tickets/keys" });
  t.match(run(), { status: 0, stdout: /keys: a new secret/ });
  const made = readFileSync(keys, "utf8");
  t.match(made, /^[A-Za-z0-9+/]{64}\n$/);
  t.equal(statSync(keys).mode & 0o777, 0o600);
  t.match(run(), { status: 1, stderr: /exists already and was left alone; --force replaces it/ });
  t.equal(readFileSync(keys, "utf8"), made);
  t.equal(run("--force").status, 0);
  t.not(readFileSync(keys, "utf8"), made);
});
