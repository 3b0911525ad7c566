// The answer that docs/lab/advise.md shows is the one that its command gives. UPDATE=1 writes it anew.
import { readFileSync, writeFileSync } from "node:fs";
import t from "tap";
import { lab } from "./support/command.ts";
import { PAGE, shownAnswer, shownCommands } from "./support/shown-commands.ts";

t.setTimeout(240_000); // when this file is run alone, tap allows it 30 s

t.test("the shown answer is that of the shown command", async (t) => {
  const page = readFileSync(PAGE, "utf8");
  const [command = []] = shownCommands(page);
  const { code, stdout, stderr } = await lab(...command);
  t.equal(code, 0, stderr);
  if (process.env.UPDATE === "1")
    writeFileSync(
      PAGE,
      page.replace(shownAnswer(page), () => stdout),
    );
  t.equal(shownAnswer(readFileSync(PAGE, "utf8")), stdout);
});
