// What may be opened below a root, judged by where it really is.
import { mkdirSync, readdirSync, renameSync, symlinkSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import t, { type Test } from "tap";
import { faultByIdentity, openInside } from "./inside.ts";
import { LOOK_FLAGS, OPEN_FLAGS } from "./open-flags.ts";

const LEAVES = "a link that leaves the folder";
const HIDDEN = "a link to a hidden file";

function site(t: Test): string {
  const top = t.testdir({
    private: { "a.txt": "private" },
    root: {
      ".env": "hidden",
      ".git": { config: "hidden" },
      "..data": { "a.txt": "hidden" },
      d: { "a.txt": "inside", ".env": "hidden", "x.y": { "a..txt": "inside" } },
    },
  });
  const root = join(top, "root");
  const links = {
    "to-private": "../private",
    "to-env": ".env",
    "to-git": ".git",
    "to-env-below": "d/.env",
    "to-link": "to-env",
    "to-data": "..data",
    "to-dots": "d/x.y",
    "to-root": ".",
  };
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(root, name));
  return root;
}

/** Returns why a name is refused; "" when it is opened. */
async function refusal(root: string, name: string, flags?: number): Promise<string> {
  const opened = await openInside(root, name, flags);
  if (typeof opened === "string") return opened;
  await opened.handle.close();
  return "";
}

t.test("what a link leads to is judged by its real path below the root", async (t) => {
  const root = site(t);
  const cases: Readonly<Record<string, string>> = {
    "d/a.txt": "",
    "to-dots/a..txt": "",
    "to-root": "",
    "to-root/d/": "",
    "to-private": LEAVES,
    "to-private/a.txt": LEAVES,
    "to-env": HIDDEN,
    "to-git": HIDDEN,
    "to-git/config": HIDDEN,
    "to-env-below": HIDDEN,
    "to-link": HIDDEN,
    "to-data/a.txt": HIDDEN,
  };
  for (const [name, expected] of Object.entries(cases)) {
    t.equal(await refusal(root, name), expected, name);
    t.equal(await refusal(root, name, LOOK_FLAGS), expected, `${name}, only looked at`);
  }
  await t.rejects(openInside(root, "gone"), { code: "ENOENT" });
});

t.test("dots above the root, and in the root's own name, hide nothing", async (t) => {
  const root = site(t);
  t.equal(await refusal(join(root, "..data"), "a.txt"), "");
  t.equal(await refusal(join(root, "to-data"), "a.txt"), "");
  t.equal(await refusal("/", "dev/null"), "", "everything is below /");
});

t.test("no descriptor stays open, whatever the result is", async (t) => {
  const root = site(t);
  const descriptors = () => readdirSync("/dev/fd").length;
  const before = descriptors();
  for (const name of ["d/a.txt", "to-private/a.txt", "to-env", "to-git/config"])
    for (let times = 0; times < 20; times++) await refusal(root, name);
  t.equal(descriptors(), before);
});

t.test("where the system tells no path, the file must be the one at its path", async (t) => {
  const root = site(t);
  const path = join(root, "d", "a.txt");
  const swapped = () => {
    renameSync(join(root, "d"), join(root, "real"));
    symlinkSync("../private", join(root, "d"));
  };
  {
    await using inside = await open(path, OPEN_FLAGS);
    t.equal(await faultByIdentity(inside, root, path), undefined);
    swapped();
    t.match(await faultByIdentity(inside, root, path), /changes while it is opened/);
  }
  await using outside = await open(path, OPEN_FLAGS);
  t.equal(await faultByIdentity(outside, root, path), LEAVES, "opened through the link");
  mkdirSync(join(root, "next"));
  renameSync(join(root, "d"), join(root, "link"));
  renameSync(join(root, "real"), join(root, "d"));
  t.match(await faultByIdentity(outside, root, path), /changes while it is opened/, "put back");
});
