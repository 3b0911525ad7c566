// An authority for tests with client certificates: it issues a certificate to a client, and signs lists of revoked ones.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";

const openssl = (...words: string[]) => execFileSync("openssl", words, { stdio: "ignore" });

export interface TestAuthority {
  /** The file of its certificate, valid for ten years. */
  readonly ca: string;
  /** A certificate of a client that it signed, valid for `days` from now. */
  issue(days: number): { readonly cert: string; readonly key: string };
  /** The file of a list without entries, valid between the two dates (`YYYYMMDDHHMMSSZ`). */
  list(from: string, until: string): string;
}

export function testAuthority(name: string): TestAuthority {
  const folder = mkdtempSync(join(tmpdir(), "tandem-authority-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const at = (file: string) => join(folder, file);
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const signer = ["-addext", "keyUsage=critical,keyCertSign,cRLSign"];
  const own = ["-keyout", at("ca.key"), "-out", at("ca.crt")];
  openssl("req", "-x509", ...key, "-days", "3650", "-subj", `/CN=${name}`, ...signer, ...own);
  let count = 0;
  return {
    ca: at("ca.crt"),
    issue(days) {
      const files = { cert: at("client.crt"), key: at("client.key") };
      const request = ["-keyout", files.key, "-out", at("client.csr")];
      openssl("req", "-new", ...key, "-subj", "/CN=client", ...request);
      const by = ["-CA", at("ca.crt"), "-CAkey", at("ca.key"), "-set_serial", "7"];
      const made = ["-days", String(days), "-out", files.cert];
      openssl("x509", "-req", "-in", at("client.csr"), ...by, ...made);
      return { cert: readFileSync(files.cert, "utf8"), key: readFileSync(files.key, "utf8") };
    },
    list(from, until) {
      count += 1;
      const home = at(`list-${count}`);
      mkdirSync(home);
      const index = join(home, "index");
      writeFileSync(index, "");
      const config = join(home, "openssl.cnf");
      writeFileSync(
        config,
        `[ca]\ndefault_ca=own\n[own]\ndatabase=${index}\ndefault_md=sha256\nunique_subject=no\n`,
      );
      const out = join(home, "list.crl");
      const signed = ["-keyfile", at("ca.key"), "-cert", at("ca.crt"), "-out", out];
      const times = ["-crl_lastupdate", from, "-crl_nextupdate", until];
      openssl("ca", "-config", config, "-gencrl", ...signed, ...times);
      return out;
    },
  };
}
