/** Bytes that may be read, not interpreted, behind the end of a block: decoders compare whole words. */
export const READ_PADDING = 32;
