// Makes the things that all peers of a run share: a folder, a certificate, the origin, and the plan of the cores.
import { LoadSide } from "../load/load-side.ts";
import { type PeerTls, SERVER_NAME } from "../peers/peer.ts";
import { type Affinity, chooseAffinity } from "../process/affinity.ts";
import { makeCertificate } from "../process/certificate.ts";
import { type DescriptorLimit, descriptorLimit } from "../process/descriptors.ts";
import { temporaryFolder } from "../process/temporary-folder.ts";

export interface Bench extends AsyncDisposable {
  readonly directory: string;
  readonly originPort: number;
  /** The port on which the origin demands TLS, and to see the certificate `tls`. */
  readonly originTlsPort: number;
  readonly tls: PeerTls;
  readonly affinity: Affinity;
  readonly load: LoadSide;
  readonly descriptors: DescriptorLimit;
}

/**
 * Starts the origin and makes the folder, the certificate and the plan of the cores. Disposing of the returned value
 * stops the origin and removes the folder.
 */
export async function setUpBench(): Promise<Bench> {
  const affinity = chooseAffinity();
  const descriptors = descriptorLimit();
  const folder = temporaryFolder("bench");
  const tls = await makeCertificate(folder.path, `IP:127.0.0.1,DNS:${SERVER_NAME}`);
  const load = new LoadSide(affinity.load, descriptors);
  const origin = await load.startNode("../origin/origin.ts", [tls.cert, tls.key]);
  return {
    directory: folder.path,
    originPort: Number(await origin.nextLine()),
    originTlsPort: Number(await origin.nextLine()),
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
