/** Progress as the JSON Spark prints: what is empty is left out, times by phase are sorted, rates have one digit after the point. */
import type { ProgressFields, SourceProgress, StreamingQueryProgress } from './progress.ts';

/** The progress with its texts; `JSON.stringify` of it gives the same as `json`. */
export function withJson(fields: ProgressFields): StreamingQueryProgress {
  const texts = {
    json: { get: () => JSON.stringify(jsonOf(fields)) },
    prettyJson: { get: () => JSON.stringify(jsonOf(fields), undefined, 2).replaceAll(/": /g, '" : ') },
    toJSON: { value: () => jsonOf(fields) },
  };
  return Object.defineProperties({ ...fields }, texts) as StreamingQueryProgress;
}

type JsonObject = Record<string, unknown>;

function jsonOf(progress: ProgressFields): JsonObject {
  const { inputRowsPerSecond, processedRowsPerSecond, durationMs, eventTime, ...rest } = progress;
  const { stateOperators, sources, sink, observedMetrics, ...head } = rest;
  return {
    ...head,
    ...ratesJson({ inputRowsPerSecond, processedRowsPerSecond }),
    durationMs: sorted(durationMs),
    ...unlessEmpty('eventTime', sorted(eventTime)),
    stateOperators: stateOperators.map((one) => ({ ...one, customMetrics: sorted(one.customMetrics) })),
    sources: sources.map(sourceJson),
    sink: { description: sink.description, numOutputRows: sink.numOutputRows, ...unlessEmpty('metrics', sink.metrics) },
    ...unlessEmpty('observedMetrics', observedMetrics),
  };
}

function sourceJson({ metrics, inputRowsPerSecond, processedRowsPerSecond, ...source }: SourceProgress): JsonObject {
  return {
    ...source,
    ...ratesJson({ inputRowsPerSecond, processedRowsPerSecond }),
    ...unlessEmpty('metrics', sorted(metrics)),
  };
}

function ratesJson(rates: Readonly<Record<string, number | undefined>>): JsonObject {
  const known = Object.entries(rates).filter(([, rate]) => rate !== undefined);
  return Object.fromEntries(known.map(([name, rate]) => [name, Math.round((rate as number) * 10) / 10]));
}

function unlessEmpty(name: string, value: object): JsonObject {
  return Object.keys(value).length === 0 ? {} : { [name]: value };
}

function sorted<Value>(values: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(values).toSorted(([left], [right]) => (left < right ? -1 : 1)));
}
