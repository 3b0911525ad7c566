// What one run of the benchmark has for all peers: a folder, a certificate, the origin, and cores.
import { spawnSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LoadSide } from "../load/load-side.ts";
import type { PeerTls } from "../peers/peer.ts";
import { type Affinity, chooseAffinity } from "../process/affinity.ts";
import { type DescriptorLimit, descriptorLimit } from "../process/descriptors.ts";
import { temporaryFolder } from "../process/temporary-folder.ts";

export interface Bench extends AsyncDisposable {
  readonly directory: string;
  readonly originPort: number;
  readonly tls: PeerTls;
  readonly affinity: Affinity;
  readonly load: LoadSide;
  readonly descriptors: DescriptorLimit;
}

/** A certificate like those of today's web: ECDSA on P-256. */
async function makeCertificate(directory: string): Promise<PeerTls> {
  const [cert, key, both] = ["cert.pem", "key.pem", "both.pem"].map((name) =>
    join(directory, name),
  );
  if (cert === undefined || key === undefined || both === undefined) throw new Error("unreachable");
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const files = ["-keyout", key, "-out", cert, "-days", "2"];
  const name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"];
  const made = spawnSync("openssl", ["req", "-x509", ...kind, ...files, ...name], {
    encoding: "utf8",
  });
  if (made.status !== 0)
    throw new Error(`the TLS workloads need openssl: ${made.error?.message ?? made.stderr}`);
  await writeFile(both, (await readFile(cert, "utf8")) + (await readFile(key, "utf8")));
  return { cert, key, both };
}

/** Starts the origin and makes the rest; everything goes away with the returned value. */
export async function setUpBench(): Promise<Bench> {
  const affinity = chooseAffinity();
  const descriptors = descriptorLimit();
  const folder = temporaryFolder("bench");
  const tls = await makeCertificate(folder.path);
  const load = new LoadSide(affinity.load, descriptors);
  const origin = await load.startNode("../origin/origin.ts", []);
  return {
    directory: folder.path,
    originPort: Number(await origin.nextLine()),
    tls,
    affinity,
    load,
    descriptors,
    async [Symbol.asyncDispose]() {
      await load[Symbol.asyncDispose]();
      await origin[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}
