// What a frontend and its backends carry. The word and its values are HAProxy's.
import { z } from "zod";

/** `http`: requests and answers. `tcp`: connections, whose bytes nothing reads. */
export const mode = z.enum(["http", "tcp"]).default("http");
