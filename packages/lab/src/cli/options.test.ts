import t from "tap";
import { percentage, warmUp } from "./options.ts";

t.test(
  "percentages and times that cannot be meant are refused, with what is expected",
  async (t) => {
    for (const text of ["2", "0.02", "0%", "0.001%", "101%", "-1%", "two%", "%", "1e1%"])
      t.throws(() => percentage(text), {
        message: "Expected a percentage such as 2%, from 0.01% to 100%.",
      });
    for (const text of ["5", "-5s", "5 s", "1m", "lost", "s", ""])
      t.throws(() => warmUp(text), { message: "Expected found, or a time such as 500ms or 5s." });
  },
);

t.test("percentages and times", async (t) => {
  t.equal(percentage("2%"), 0.02);
  t.equal(percentage("0.5 %"), 0.005);
  t.equal(warmUp("found"), "found");
  t.equal(warmUp("500ms"), 500);
  t.equal(warmUp("1.5s"), 1_500);
});
