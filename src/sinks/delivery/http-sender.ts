/**
 * Sends requests of a delivery over HTTP: again with growing waits after throttling, server errors and lost connections, until the time allowed is
 * over. The answer says what came of it; nothing is thrown for a destination that is down.
 */

/** Time and chance are handed in. */
export interface SenderContext {
  readonly nowMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

export interface HttpRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
  readonly retryDurationMs: number;
}

/** `text` is the answer's body; `status` 0: there was none. */
export interface HttpAnswer {
  readonly isDelivered: boolean;
  readonly status: number;
  readonly text: string;
  readonly attempts: number;
}

const FIRST_WAIT_MS = 100;
const MAX_WAIT_MS = 10_000;
const MAX_KEPT_CHARACTERS = 1 << 24;

/** Posts a body until it is taken. `accepts` looks at an answer of status 200 to 299. */
export async function post(
  request: HttpRequest,
  context: SenderContext,
  accepts: (text: string) => boolean = () => true,
): Promise<HttpAnswer> {
  const endMs = context.nowMs() + request.retryDurationMs;
  for (let attempts = 1; ; attempts++) {
    const { status, text } = await attempt(request);
    const isDelivered = status >= 200 && status < 300 && accepts(text);
    if (isDelivered || !mayPass(status) || context.nowMs() >= endMs) return { isDelivered, status, text, attempts };
    await context.sleep(Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempts - 1)));
  }
}

async function attempt({ url, headers, body, timeoutMs }: HttpRequest): Promise<{ status: number; text: string }> {
  try {
    const answer = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(timeoutMs) });
    const text = await answer.text();
    return { status: answer.status, text: text.slice(0, MAX_KEPT_CHARACTERS) };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { status: 0, text: cause instanceof Error ? cause.message : String(cause) };
  }
}

/** An answer that was not taken as one, throttling and server errors may pass; refusals do not. */
function mayPass(status: number): boolean {
  return status === 0 || status === 429 || status >= 500 || (status >= 200 && status < 300);
}
