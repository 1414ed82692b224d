/** Ctrl-C and SIGTERM as something to wait for: the first asks to drain, the second ends the process at once. */

/** Resolves at the first SIGINT or SIGTERM; a second one ends the process with code 130. */
export function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    let isAsked = false;
    const onSignal = (): void => {
      if (isAsked) process.exit(130);
      isAsked = true;
      resolve();
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
}
