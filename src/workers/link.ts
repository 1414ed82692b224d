/**
 * Two threads of one query talk over a link: notes, which are not answered and stay in order, and calls, which are answered with a value
 * or an error. Made over a MessagePort; knows nothing of what is said.
 */
import type { MessagePort } from 'node:worker_threads';
import { MillraceError } from '../errors/millrace-error.ts';
import { type ErrorMessage, errorFromMessage, errorToMessage } from './error-message.ts';

type Letter =
  | { readonly kind: 'note'; readonly content: unknown }
  | { readonly kind: 'call'; readonly id: number; readonly method: string; readonly argument: unknown }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'refusal'; readonly id: number; readonly error: ErrorMessage };

/** What the other side may call here. */
export type CallHandlers = Readonly<Record<string, (argument: never) => Promise<unknown>>>;

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class Link {
  readonly #port: MessagePort;
  readonly #handlers: CallHandlers;
  readonly #onNote: (content: unknown) => void;
  readonly #pending = new Map<number, Pending>();
  #numCalls = 0;
  #closedBy: Error | undefined;
  readonly #onClose: () => void;

  /**
   * `onClose` is called once, when the link was closed here or, unless `outlivesPort`, by the other side. A link that outlives its port is
   * closed by somebody who knows better why the other side has gone.
   */
  constructor(
    port: MessagePort,
    listeners: {
      readonly handlers?: CallHandlers;
      readonly onNote: (content: unknown) => void;
      readonly onClose?: () => void;
      readonly outlivesPort?: true;
    },
  ) {
    this.#port = port;
    this.#handlers = listeners.handlers ?? {};
    this.#onNote = listeners.onNote;
    this.#onClose = listeners.onClose ?? ((): void => undefined);
    port.on('message', (letter: Letter) => this.#receive(letter));
    if (listeners.outlivesPort !== true) port.once('close', () => this.close());
  }

  /** Says something; `transfer` is given away. Nothing is said on a closed link. */
  note(content: unknown, transfer: readonly ArrayBuffer[] = []): void {
    if (this.#closedBy === undefined) this.#post({ kind: 'note', content }, transfer);
  }

  /** Asks for something. Rejects with the other side's error, or with the reason when the link is closed. */
  call(method: string, argument?: unknown, transfer: readonly ArrayBuffer[] = []): Promise<unknown> {
    if (this.#closedBy !== undefined) return Promise.reject(this.#closedBy);
    const id = this.#numCalls++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#post({ kind: 'call', id, method, argument }, transfer);
    });
  }

  /** Ends the link; open calls fail with `reason`. Safe to call again. */
  close(reason: Error = closedError()): void {
    if (this.#closedBy !== undefined) return;
    this.#closedBy = reason;
    this.#port.close();
    for (const { reject } of this.#pending.values()) reject(reason);
    this.#pending.clear();
    this.#onClose();
  }

  #post(letter: Letter, transfer: readonly ArrayBuffer[] = []): void {
    this.#port.postMessage(letter, transfer);
  }

  #receive(letter: Letter): void {
    if (this.#closedBy !== undefined) return;
    if (letter.kind === 'note') this.#onNote(letter.content);
    else if (letter.kind === 'call') void this.#answer(letter.id, letter.method, letter.argument);
    else {
      const pending = this.#pending.get(letter.id);
      this.#pending.delete(letter.id);
      if (letter.kind === 'answer') pending?.resolve(letter.value);
      else pending?.reject(errorFromMessage(letter.error));
    }
  }

  async #answer(id: number, method: string, argument: unknown): Promise<void> {
    let letter: Letter;
    try {
      const handler = this.#handlers[method];
      if (handler === undefined) throw new MillraceError('INTERNAL_ERROR', { message: `no call ${method} is known` });
      letter = { kind: 'answer', id, value: await handler(argument as never) };
    } catch (error) {
      letter = { kind: 'refusal', id, error: errorToMessage(error) };
    }
    if (this.#closedBy === undefined) this.#post(letter);
  }
}

function closedError(): MillraceError {
  return new MillraceError('INTERNAL_ERROR', { message: 'the other thread of the query has gone' });
}
