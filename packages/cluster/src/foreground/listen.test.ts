// Tests where `--listen` listens, and what is said of a word that is no address.
import t from "tap";
import { CommandRefusal } from "../refusal.ts";
import { listenOf } from "./listen.ts";

t.test("where to listen: wide only when the word says so", async (t) => {
  t.same(listenOf("8080"), { host: "127.0.0.1", port: 8080 });
  t.same(listenOf(":8080"), { host: undefined, port: 8080 });
  t.same(listenOf("0.0.0.0:8080"), { host: "0.0.0.0", port: 8080 });
});

t.test("words that are no address to listen on", async (t) => {
  for (const word of ["", "x", ":99999", "99999", "a b:1"]) {
    const message = `--listen ${word}: this is no address to listen on; expected an address such as`;
    t.throws(() => listenOf(word), { message: new RegExp(`^${message}`) });
    t.throws(() => listenOf(word), CommandRefusal);
  }
});
