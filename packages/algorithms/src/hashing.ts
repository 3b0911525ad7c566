// The five algorithms that hash, by HAProxy's names. The balancer finds a request's key in a different place for each
// of them. The picker is the same for all five and gets the key as a number.
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
