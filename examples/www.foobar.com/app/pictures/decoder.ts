// The process that decodes uploaded pictures, one after another. If a picture uses too much memory or crashes the
// decoder, only this process is affected. The process runs at low priority and with one thread, so that it leaves
// processor time for the site. It exits when the site's process exits.
import { constants, setPriority } from "node:os";
import sharp from "sharp";
import { readPicture } from "./picture.ts";

sharp.concurrency(1);
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

process.on("disconnect", () => process.exit());
process.on("message", (upload: Uint8Array) => {
  void readPicture(upload).then((picture) => process.send?.(picture));
});
