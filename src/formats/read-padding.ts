/** Bytes that may be read, not interpreted, behind the end of a block: decoders compare whole words. */
import { INPUT_PADDING } from '../kernels/lines-kernel.ts';

export const READ_PADDING = INPUT_PADDING;
