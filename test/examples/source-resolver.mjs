/** Lets the examples import `millrace` as a user does, from the sources of this repository. Loaded with `node --import`. */
import { registerHooks } from 'node:module';

const ENTRIES = { millrace: '../../src/index.ts', 'millrace/testing': '../../src/testing/index.ts' };

registerHooks({
  resolve(specifier, context, next) {
    const entry = ENTRIES[specifier];
    return entry === undefined ? next(specifier, context) : next(new URL(entry, import.meta.url).href, context);
  },
});
