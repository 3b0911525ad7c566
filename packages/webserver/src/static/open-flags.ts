// How files of the served folders are opened.
import { constants } from "node:fs";

/**
 * O_NOFOLLOW: links in the path are resolved already, so a link there now has replaced the file and is
 * refused. O_NONBLOCK: opening a FIFO must not block.
 */
export const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
