// Makes the certificate for the servers in benchmarks and soak tests. It is ECDSA on P-256, like most certificates on
// the web today.
import { spawnSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PeerTls } from "../peers/peer.ts";

/**
 * Makes a self-signed certificate in `directory`. `names` are in openssl's form (`IP:127.0.0.1`, `DNS:s1,DNS:s2`).
 */
export async function makeCertificate(directory: string, names: string): Promise<PeerTls> {
  const [cert, key, both] = ["cert.pem", "key.pem", "both.pem"].map((name) =>
    join(directory, name),
  );
  if (cert === undefined || key === undefined || both === undefined) throw new Error("unreachable");
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const files = ["-keyout", key, "-out", cert, "-days", "2"];
  const name = ["-subj", "/CN=localhost", "-addext", `subjectAltName=${names}`];
  const made = spawnSync("openssl", ["req", "-x509", ...kind, ...files, ...name], {
    encoding: "utf8",
  });
  if (made.status !== 0)
    throw new Error(`TLS needs openssl: ${made.error?.message ?? made.stderr}`);
  await writeFile(both, (await readFile(cert, "utf8")) + (await readFile(key, "utf8")));
  return { cert, key, both };
}
