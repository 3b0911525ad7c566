// A toy filter that sends text in upper case; CONTRIBUTING.md uses it as an example. When a test
// adds a row for this filter to the table of filters, the filter appears in the schema, the
// reference and the balancer (one-filter.test.ts of the balancer).
import type { BodyTransform, TransformTarget } from "@tandem/http/exchange";
import { defineFilter } from "../../src/define.ts";

class UpperCase implements BodyTransform {
  readonly #target: TransformTarget;

  constructor(target: TransformTarget) {
    this.#target = target;
  }

  write(chunk: Buffer): void {
    this.#target.write(Buffer.from(chunk.toString("latin1").toUpperCase(), "latin1"));
  }

  end(...[trailers]: Parameters<BodyTransform["end"]>): void {
    this.#target.end(trailers);
  }
}

export const shout = defineFilter({
  schema: ({ z }) =>
    z
      .boolean()
      .default(false)
      .meta({ description: "text goes out in upper case; off unless it is set to true" }),
  open: (written) =>
    written
      ? {
          name: "shout",
          response(answer) {
            const isText = answer.fields.get("content-type")?.startsWith("text/");
            if (isText && answer.transformable) answer.transform((to) => new UpperCase(to));
          },
        }
      : undefined,
});
