// The five algorithms that hash a key of the request; `source` and `uri` have HAProxy's names. Each
// of them takes the key from another part of the request. The balancer finds the key and passes it
// on as a number, so all five have the same picker.
import { defineAlgorithm, type KeySource, PLAIN, type Traits } from "./define.ts";
import { hash } from "./hash/options.ts";
import { Hash } from "./hash.ts";
import { countFrom, FLAG, setting, text } from "./options.ts";

const common = {
  title: "Hash of a key",
  idea: "The same key always meets the same server; the method decides how few keys move when servers change.",
  paper: "Karger et al. 1997 (ring); Eisenbud et al. 2016 (Maglev); Lamping & Veach 2014 (jump)",
  href: "https://www.usenix.org/conference/nsdi16/technical-sessions/presentation/eisenbud",
  picker: Hash,
} as const;

const by = (key: KeySource): Traits => ({ ...PLAIN, key, slowStart: false });

export const source = defineAlgorithm({ ...common, traits: by("address"), options: { hash } });

export const uri = defineAlgorithm({
  ...common,
  traits: by("path"),
  options: {
    hash,
    depth: setting(countFrom(1, 100), {
      meaning: "how many segments of the path count; all by default",
    }),
    whole: setting(FLAG, { meaning: "whether the query counts too; false by default" }),
  },
});

const required = { example: "NAME", role: "whose value is the key" };

export const header = defineAlgorithm({
  ...common,
  traits: by("header"),
  options: {
    hash,
    header: setting(
      text({
        pattern: /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/,
        expected: "expected the name of a header field",
      }),
      { meaning: "the field whose value keeps requests together", required },
    ),
  },
});

export const query = defineAlgorithm({
  ...common,
  traits: by("query"),
  options: {
    hash,
    query: setting(text({}), {
      meaning: "the parameter whose value keeps requests together",
      required,
    }),
  },
});

export const cookie = defineAlgorithm({
  ...common,
  traits: by("cookie"),
  options: {
    hash,
    cookie: setting(text({}), {
      meaning: "the cookie whose value keeps requests together",
      required,
    }),
  },
});
