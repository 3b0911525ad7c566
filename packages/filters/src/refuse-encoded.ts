// `refuseEncoded: ["%2F"]` lists characters that may not be percent-encoded in the path of a request. It is meant for
// routes whose servers decode such characters. Such a server would see another path than the path by which the balancer
// chose the route.
import { defineFilter } from "./define.ts";

export const refuseEncoded = defineFilter({
  schema: ({ z, encoded }) =>
    z
      .array(encoded)
      .default(["%00"])
      .meta({
        description:
          "characters that may not be percent-encoded in the path, such as `%2F` and `%5C` where servers " +
          "decode them into other paths: 400; `[]` = all may",
      }),
  open: (refused) =>
    refused.length === 0
      ? undefined
      : {
          name: "refuseEncoded",
          request({ path }) {
            if (!path.includes("%")) return undefined;
            const [plain = ""] = path.split("?", 1); // in `path` all escapes are in upper case
            const found = refused.find((escaped) => plain.includes(escaped));
            if (found === undefined) return undefined;
            return {
              refuse: "bad-request",
              cause: `its path has ${found}, which the route refuses (refuseEncoded)`,
            };
          },
        },
});
