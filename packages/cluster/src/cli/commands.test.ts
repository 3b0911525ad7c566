// Tests that the help of `tandem` says about each command what the help of that command says.
import t from "tap";
import { cloneExecutables } from "../executables.ts";
import { COMMANDS } from "./commands.ts";

for (const [name, row] of Object.entries(COMMANDS))
  t.test(`the row of ${name} agrees with its command`, async (t) => {
    const command = (await row.load())(cloneExecutables);
    t.equal(command.name(), name);
    t.equal(command.description(), row.summary);
  });
