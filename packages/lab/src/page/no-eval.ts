// The page's policy forbids to make code from text. Zod would try it when a schema is made, and the browser would report
// the attempt. So this module must be imported before any module with a schema.
import * as z from "zod/mini";

z.config({ jitless: true });
