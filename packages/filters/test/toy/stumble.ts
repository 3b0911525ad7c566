// A filter for tests of failures. Words in the server's body decide how the filter fails: BOOM, HANG or ENOUGH.
import { defineFilter } from "../../src/define.ts";
import type { FilteredAnswer } from "../../src/filter.ts";

function transformed(answer: FilteredAnswer): void {
  answer.transform((target) => {
    let hangs = false;
    return {
      write(chunk) {
        const words = chunk.toString("latin1");
        if (words.includes("BOOM")) throw new Error("it met a boom");
        hangs ||= words.includes("HANG");
        if (words.includes("ENOUGH")) target.end();
        target.write(chunk);
      },
      end(trailers) {
        if (hangs) return;
        setTimeout(() => {
          target.write(Buffer.from("(late)"));
          target.end(trailers);
          target.end(trailers);
        }, 10);
      },
    };
  });
}

export const stumble = defineFilter({
  schema: ({ z }) => z.boolean().default(false).meta({ description: "bodies say how they fail" }),
  open: (written) =>
    written
      ? {
          name: "stumble",
          patienceMs: 100,
          response: (answer) => (answer.transformable ? transformed(answer) : undefined),
        }
      : undefined,
});
