// Builds the Debian package with a stand-in for the executable, and checks what is in it: files, control fields, units,
// man pages, completions. `npm run dist -- --test-root` installs the real one.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { loadConfig } from "@tandem/config";
import t, { type Test } from "tap";
import { maintainer } from "../build/debian/tree.ts";
import { makeDebian } from "../build/debian.ts";

const missing = (program: string): boolean => spawnSync(program, ["--version"]).error !== undefined;

if (missing("dpkg-deb")) {
  t.pass("the Debian package", { skip: "dpkg-deb is not installed here" });
  process.exit(0);
}

const about = {
  ...{ version: "0.1.0~20261129T113500.a1b2c3d4e5f6", epoch: 1_795_000_000 },
  libraries: "library 1.0.0, MIT\n",
};
const folder = t.testdir({ tandem: "#!/bin/sh\n", first: {}, second: {} });
const build = (out: string) =>
  makeDebian({ executable: join(folder, "tandem"), out: join(folder, out), ...about });
const deb = await build("first");
const root = join(folder, "root");
run("dpkg-deb", "-R", deb, root);
const text = (path: string): string => readFileSync(join(root, path), "utf8");
const unitFolder = join(root, "usr/lib/systemd/system");
const UNITS = readdirSync(unitFolder);

function run(program: string, ...args: readonly string[]) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: "utf8" });
  if (error !== undefined) throw error;
  return { status, said: `${stdout}${stderr}`, stderr };
}

/** Marks a test as skipped, with the reason, where a program is not installed. */
function skipWithout(t: Test, program: string): boolean {
  if (!missing(program)) return false;
  t.pass(program, { skip: `${program} is not installed here` });
  return true;
}

t.test("a program that cannot be packed fails the build, and says why", async (t) => {
  const nowhere = join(folder, "nowhere");
  await t.rejects(makeDebian({ ...about, executable: nowhere, out: folder }), /ENOENT.*nowhere/);
  const executable = join(folder, "tandem");
  await t.rejects(
    makeDebian({ ...about, executable, out: nowhere }),
    /dpkg-deb failed: .*nowhere.*No such file/s,
  );
});

t.test("two builds give the same bytes", async (t) => {
  const bytes = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");
  t.equal(bytes(await build("second")), bytes(deb));
  t.equal(
    basename(deb),
    `tandem_${about.version}_${process.arch === "arm64" ? "arm64" : "amd64"}.deb`,
  );
});

t.test("files are where Debian has them, of root, with plain modes", (t) => {
  const listed = run("dpkg-deb", "-c", deb).said.trim().split("\n");
  const files = new Map(
    listed.map((line) => {
      const [mode = "", owner = "", , , , path = ""] = line.split(/\s+/);
      return [path, `${mode} ${owner}`];
    }),
  );
  for (const [path, facts] of files) {
    const program = path === "./usr/bin/tandem";
    const wanted = path.endsWith("/") ? "drwxr-xr-x" : program ? "-rwxr-xr-x" : "-rw-r--r--";
    t.equal(facts, `${wanted} root/root`, path);
  }
  const paths = [...files.keys()].filter((path) => !path.endsWith("/"));
  const tiers = ["balancer", "webserver", "appserver"];
  t.same(
    paths.sort(),
    [
      "./etc/default/tandem",
      "./etc/logrotate.d/tandem",
      "./etc/tandem/tandem.yaml",
      "./usr/bin/tandem",
      "./usr/lib/systemd/system/tandem.service",
      "./usr/lib/systemd/system/tandem-balancer-handover.service",
      "./usr/lib/systemd/system/tandem-upgrade.service",
      ...tiers.map((tier) => `./usr/lib/systemd/system/tandem-${tier}.service`),
      "./usr/share/bash-completion/completions/tandem",
      "./usr/lib/sysctl.d/60-tandem.conf",
      "./usr/share/doc/tandem/CHANGELOG.md.gz",
      "./usr/share/doc/tandem/changelog.gz",
      "./usr/share/doc/tandem/copyright",
      "./usr/share/fish/vendor_completions.d/tandem.fish",
      "./usr/share/man/man1/tandem.1.gz",
      "./usr/share/lintian/overrides/tandem",
      ...[...tiers, "lab"].map((name) => `./usr/share/man/man1/tandem-${name}.1.gz`),
      "./usr/share/man/man5/tandem.yaml.5.gz",
      "./usr/share/zsh/vendor-completions/_tandem",
    ].sort(),
  );
  t.end();
});

t.test("control: fields, conffiles, checksums and scripts", (t) => {
  const control = text("DEBIAN/control");
  t.match(control, new RegExp(`^Package: tandem\nVersion: ${about.version}\nArchitecture: a`));
  t.match(control, /^Maintainer: .+ <.+@.+>$/m);
  t.match(control, /^Installed-Size: \d{3}$/m);
  t.match(control, /^Depends: adduser, .*libc6/m);
  const [synopsis = ""] = /(?<=^Description: ).*$/m.exec(control) ?? [];
  t.ok(synopsis.length <= 60 && !/^(a|an|the|tandem) |\.$/i.test(synopsis), synopsis);
  t.ok(control.split("\n").every((line) => line.length <= 120));
  t.same(text("DEBIAN/conffiles").trim().split("\n"), [
    "/etc/default/tandem",
    "/etc/logrotate.d/tandem",
    "/etc/tandem/tandem.yaml",
  ]);
  for (const line of text("DEBIAN/md5sums").trim().split("\n")) {
    const [sum, path = ""] = line.split("  ");
    t.equal(
      createHash("md5")
        .update(readFileSync(join(root, path)))
        .digest("hex"),
      sum,
      path,
    );
  }
  for (const script of ["postinst", "prerm", "postrm"]) {
    t.match(text(`DEBIAN/${script}`), /^#!\/bin\/sh\n(#.*\n)+set -e\n/, script);
    t.equal(run("sh", "-n", join(root, "DEBIAN", script)).status, 0, script);
  }
  t.equal(run(join(root, "DEBIAN/postinst"), "wrong").status, 1);
  t.end();
});

t.test("the copyright file has the licences of all that is in the program", (t) => {
  const copyright = text("usr/share/doc/tandem/copyright");
  t.match(copyright, readFileSync(join(import.meta.dirname, "../../LICENSE"), "utf8"));
  t.match(copyright, about.libraries);
  t.match(copyright, "Node.js is licensed for use as follows");
  t.end();
});

t.test("the maintainer is the one that Debian's own variables name", (t) => {
  const own = { DEBFULLNAME: "Ada Example", DEBEMAIL: "ada@example.org" };
  t.equal(maintainer(own), "Ada Example <ada@example.org>");
  t.equal(maintainer({}), "Tandem contributors <contributors@tandem.invalid>");
  t.equal(maintainer({ DEBEMAIL: "" }), "Tandem contributors <contributors@tandem.invalid>");
  t.end();
});

t.test("Debian's tools read the changelog", (t) => {
  if (skipWithout(t, "dpkg-parsechangelog")) return t.end();
  const log = join(folder, "changelog");
  const packed = readFileSync(join(root, "usr/share/doc/tandem/changelog.gz"));
  writeFileSync(log, gunzipSync(packed));
  const { said } = run("dpkg-parsechangelog", "-l", log);
  t.match(said, `Version: ${about.version}\n`);
  t.match(said, "Date: Wed, 18 Nov 2026");
  t.end();
});

t.test("a later commit has a higher version, and a release the highest", (t) => {
  const higher = (a: string, b: string) =>
    t.equal(run("dpkg", "--compare-versions", a, "gt", b).status, 0, `${a} > ${b}`);
  higher("0.1.0~20261129T113501.000000000000", about.version);
  higher("0.1.0", about.version);
  t.end();
});

t.test("the example configuration is valid, and has a balancer alone", (t) => {
  const config = loadConfig(join(root, "etc/tandem/tandem.yaml"));
  t.type(config.balancer, "object");
  t.same([config.webserver, config.appserver], [undefined, undefined]);
  t.end();
});

t.test("systemd accepts the units, and finds little exposed", (t) => {
  if (skipWithout(t, "systemd-analyze")) return t.end();
  const copies = join(folder, "units");
  mkdirSync(copies);
  for (const name of UNITS) {
    const unit = readFileSync(join(unitFolder, name), "utf8");
    // The program is not installed here, so a program that exists stands for it.
    writeFileSync(join(copies, name), unit.replaceAll("=/usr/bin/tandem", "=/bin/true"));
    const security = run("systemd-analyze", "security", "--offline=true", join(copies, name));
    const [, exposure = "10"] = /Overall exposure level for \S+ ([\d.]+)/.exec(security.said) ?? [];
    t.ok(Number(exposure) < 3, `${name}: ${exposure}`);
  }
  const all = UNITS.map((name) => join(copies, name));
  const about = run("systemd-analyze", "verify", "--man=no", ...all).said.split("\n");
  t.same(
    about.filter((line) => line.includes("tandem")),
    [],
  );
  const broken = join(copies, "tandem-broken.service");
  writeFileSync(broken, "[Service]\nExecStart=/bin/true\nProtectSytem=strict\n");
  t.match(run("systemd-analyze", "verify", "--man=no", broken).said, "ProtectSytem");
  t.end();
});

t.test("man pages are there for each program, and man finds no fault in them", (t) => {
  const page = (name: string) =>
    gunzipSync(readFileSync(join(root, `usr/share/man/man${name.at(-1)}/${name}.gz`))).toString();
  t.match(page("tandem.1"), /^\.SS "tandem cert issue \[options\] <name>"$/m);
  t.match(page("tandem-balancer.1"), /^\\fB\\-\\-share\\-ports\\fR$/m);
  t.match(page("tandem.yaml.5"), /^\\fBsite\\fR \(host name, required\)$/m);
  if (skipWithout(t, "man")) return t.end();
  for (const name of ["tandem.1", "tandem-lab.1", "tandem-appserver.1", "tandem.yaml.5"]) {
    const file = join(folder, name);
    writeFileSync(file, page(name));
    const { status, stderr } = run("man", "--warnings", "-l", "-Tutf8", "-Z", file);
    t.equal(status, 0, name);
    t.equal(stderr, "", name);
  }
  t.end();
});

t.test("completions know commands, options and choices", (t) => {
  const bash = join(root, "usr/share/bash-completion/completions/tandem");
  const completed = (...words: readonly string[]) => {
    const list = words.map((word) => `'${word}'`).join(" ");
    const script = `source '${bash}'; COMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _tandem; echo "\${COMPREPLY[@]}"`;
    return run("bash", "-c", script).said.trim();
  };
  t.equal(completed("tandem", "ch"), "check");
  t.equal(completed("tandem", "cert", "i"), "issue");
  t.equal(completed("tandem", "up", "--config", "x.yaml", "--b"), "--box");
  t.equal(completed("tandem", "lab", "replay", "--key", "c"), "client");
  t.equal(completed("tandem", "proxy", "--algorithm", "least-c"), "least-conn");
  t.equal(completed("tandem", "proxy", "--algorithm", "mod"), "", "this one needs a file");
  t.equal(completed("tandem", "help", "exit"), "exit-codes");
  t.equal(completed("tandem", "help", "statu"), "status");
  t.equal(completed("tandem", "logs", "web"), "webserver");
  t.equal(completed("tandem", "nothing", "known"), "", "left to the names of files");
  t.end();
});

t.test("the completions of zsh and fish", (t) => {
  const zsh = join(root, "usr/share/zsh/vendor-completions/_tandem");
  if (!skipWithout(t, "zsh")) t.match(run("zsh", "-n", zsh), { status: 0, said: "" });
  if (skipWithout(t, "fish")) return t.end();
  const fish = join(root, "usr/share/fish/vendor_completions.d/tandem.fish");
  const script = `source '${fish}'; complete -C "tandem cert is"; complete -C "tandem lab replay --key c"; complete -C "tandem proxy --algorithm least-c"; complete -C "tandem help exit"; complete -C "tandem logs web"`;
  const { said } = run("fish", "-c", script);
  t.match(said, /^issue\t.*\nclient/m);
  for (const word of ["least-conn", "exit-codes", "webserver"])
    t.match(said, new RegExp(`^${word}(\\t|$)`, "m"));
  t.end();
});

t.test("logrotate accepts its file", (t) => {
  if (skipWithout(t, "logrotate")) return t.end();
  const copy = join(folder, "logrotate");
  // The user tandem need not exist here.
  writeFileSync(copy, text("etc/logrotate.d/tandem").replace("su tandem tandem", "su root root"));
  const { said } = run("logrotate", "-d", copy);
  t.match(said, "rotating pattern: /var/log/tandem/*.log");
  t.notMatch(said, "error:");
  t.end();
});
