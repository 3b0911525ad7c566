// How files of the served folders are opened.
import { constants } from "node:fs";

/**
 * O_NOFOLLOW: the links in the path were resolved before. A link that is there now has replaced the file since, and is
 * refused. O_NONBLOCK: opening a FIFO must not block.
 */
export const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
