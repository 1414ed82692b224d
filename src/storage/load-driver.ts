/** Turns the absence of an optional package into a typed error that says what to install. */
import { MillraceError } from '../errors/millrace-error.ts';

/** The module `load` imports; `MISSING_DRIVER` when it is not installed. */
export async function loadDriver<Module>(
  feature: string,
  packageName: string,
  load: () => Promise<Module>,
): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    const code = (error as { code?: unknown } | null)?.code;
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND' && code !== 'ERR_UNKNOWN_BUILTIN_MODULE')
      throw error;
    throw new MillraceError('MISSING_DRIVER', { feature, package: packageName }, { cause: error });
  }
}
