// The process that decodes strangers' pictures, one after another: what a decoder takes or breaks is its own. It
// yields to the site (a lower priority, one thread), has the site's threads for passwords alone, and ends with it.
import { constants, setPriority } from "node:os";
import sharp from "sharp";
import { readPicture } from "./picture.ts";

sharp.concurrency(1);
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

process.on("disconnect", () => process.exit());
process.on("message", (upload: Uint8Array) => {
  void readPicture(upload).then((picture) => process.send?.(picture));
});
