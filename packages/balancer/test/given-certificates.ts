// Certificates for both sides of a balancer, and a TLS server that shows one of these certificates.
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { RequestListener } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAuthority, issue } from "@tandem/cluster";

interface Paths {
  readonly cert: string;
  readonly key: string;
}

export interface Certificates extends AsyncDisposable {
  /** The authority that a client trusts. */
  readonly authority: string;
  /** The site's certificate, for the frontend. */
  readonly site: Paths;
  /** The files for the backend: the balancer's certificate, and the authority that the balancer trusts. */
  readonly internal: Paths & { readonly ca: string };
  /** Returns the certificate of a server called `name`. */
  server(name: string): Promise<{ readonly cert: string; readonly key: string }>;
}

export async function givenCertificates(): Promise<Certificates> {
  const folder = await mkdtemp(join(tmpdir(), "tandem-certificates-"));
  const now = Date.now();
  const authority = await createAuthority("foobar.com", now);
  const written = async (name: string, use: "site" | "box"): Promise<Paths> => {
    const pair = await issue(authority, { name, names: [name], use }, now);
    const paths = { cert: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
    await writeFile(paths.cert, pair.cert);
    await writeFile(paths.key, pair.key);
    return paths;
  };
  const ca = join(folder, "ca.crt");
  await writeFile(ca, authority.cert);
  return {
    authority: authority.cert,
    site: await written("www.foobar.com", "site"),
    internal: { ca, ...(await written("balancer", "box")) },
    server: (name) => issue(authority, { name, names: [name], use: "box" }, now),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

/** Returns a server named `name` that answers requests and health checks over TLS. */
export async function givenTlsOrigin(
  certificates: Certificates,
  name: string,
  answer: RequestListener,
): Promise<AsyncDisposable & { readonly port: number }> {
  const { cert, key } = await certificates.server(name);
  const server = createServer({ cert, key, keepAliveTimeout: 60_000 }, (request, response) => {
    if (request.url === "/healthz") response.end("ok");
    else answer(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
