/**
 * kafkajs 2.2.4 sets a timer with a negative time for every connection it opens. Node takes it as 1 ms and warns of it once a process, which
 * tells users nothing they can act on. Here that one warning happens unseen, before kafkajs is used; kafkajs itself stays as it is.
 */
import { clearTimeout, setTimeout } from 'node:timers';

/** Lets Node give its warning of a negative time to nobody. Does nothing more when it has been given. */
export function passNegativeTimeoutWarning(): void {
  const given = Reflect.get(process, 'emitWarning');
  Reflect.set(process, 'emitWarning', () => {});
  try {
    clearTimeout(setTimeout(() => {}, -1));
  } finally {
    Reflect.set(process, 'emitWarning', given);
  }
}
