import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, systemClock } from "@tandem/transport";
import t from "tap";
import { FileWatch } from "./file-watch.ts";

/** A watch that looks when the test says so; `look` resolves to the files that this look reported. */
async function givenWatch(files: readonly string[]) {
  let tick: () => void = () => undefined;
  const clock: Clock = {
    ...systemClock,
    every(_, run) {
      tick = run;
      return { cancel: () => undefined };
    },
  };
  let reported: readonly string[] = [];
  const watch = new FileWatch(clock, (changed) => {
    reported = changed;
  });
  await watch.watch(files);
  const look = async (): Promise<readonly string[]> => {
    reported = [];
    tick();
    await watch.looked();
    return reported;
  };
  return { watch, look };
}

t.test("a change is reported once, when the file has stayed the same for one look", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "tandem-watch-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const [file, link, missing] = [join(folder, "a"), join(folder, "live"), join(folder, "later")];
  writeFileSync(file, "1");
  writeFileSync(join(folder, "b"), "1");
  symlinkSync("b", link);
  const { watch, look } = await givenWatch([file, link, missing, file]);
  t.same(await look(), [], "nothing has changed");
  writeFileSync(file, "22");
  t.same(await look(), []);
  writeFileSync(file, "333");
  t.same(await look(), [], "it is still being written");
  t.same(await look(), [file]);
  t.same(await look(), []);

  symlinkSync("a", join(folder, "next"));
  renameSync(join(folder, "next"), link);
  writeFileSync(missing, "1");
  t.same(await look(), []);
  t.same(
    await look(),
    [link, missing],
    "a link that leads elsewhere, and a file that is there now",
  );

  rmSync(file);
  await watch.watch([file]);
  t.same(await look(), []);
  t.same(await look(), [file], "a known file is compared with what was known of it");
  watch.stop();
  writeFileSync(file, "1");
  await look();
  t.same(await look(), []);
});
