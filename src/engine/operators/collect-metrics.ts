/**
 * Computes aggregates over the rows that pass and reports them when the epoch's input is complete; the rows go on untouched. What
 * `observe` makes.
 */
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { StructType } from '../../types/data-type.ts';
import type { JsonValue } from '../../source/source.ts';
import type { AggregateParts } from './aggregate.ts';
import type { Operator, Transform } from './operator.ts';
import type { OperatorState } from './operator-state.ts';
import { Subject, defer, tap } from 'rxjs';
import { expressionSql } from '../../expressions/sql-text.ts';
import { jsonTextOfRow } from '../../types/json-text.ts';
import { formatTimestamp } from '../../types/civil-time.ts';
import { rowAt } from '../../types/row-codec.ts';
import { aggregate } from './aggregate.ts';

export function collectMetrics(input: Operator, name: string, parts: AggregateParts, state: OperatorState): Transform {
  const metrics = aggregate(input, parts, state);
  return {
    kind: 'transform',
    distribution: { kind: 'single', reason: 'observed metrics are of all rows' },
    name: 'CollectMetrics',
    inputs: [input],
    output: input.output,
    detail: `${name}, [${parts.results.map((result) => expressionSql(result)).join(', ')}]`,
    process: (epoch) => (source) =>
      defer(() => {
        const rows = new Subject<ColumnBatch>();
        let failure: { readonly error: unknown } | undefined;
        rows.pipe(metrics.process({ ...epoch, outputMode: 'batch' })).subscribe({
          next: (batch) => {
            const json = observedJson(batch, epoch.context.timeZone);
            epoch.metrics.observed.set(name, { json, row: rowAt(batch, 0) });
          },
          error: (error: unknown) => {
            failure = { error };
          },
        });
        const throwFailure = (): void => {
          if (failure !== undefined) throw failure.error;
        };
        return source.pipe(
          tap({
            next: (batch) => {
              rows.next(batch);
              throwFailure();
            },
            complete: () => {
              rows.complete();
              throwFailure();
            },
          }),
        );
      }),
  };
}

/** The row of metrics as progress shows it: values as in JSON, times as SQL prints them, whole numbers too large for a JavaScript number as text. */
function observedJson(batch: ColumnBatch, zone: string): Record<string, JsonValue> {
  const text = jsonTextOfRow(batch, 0, { zone, ignoreNullFields: false });
  const values = JSON.parse(text) as Record<string, JsonValue>;
  for (const [i, { name, dataType }] of (batch.schema as StructType).fields.entries()) {
    const value = values[name];
    const column = batch.columns[i];
    if (dataType.kind === 'timestamp' && column?.layout === 'long' && value !== null && value !== undefined)
      values[name] = formatTimestamp(column.values[0] ?? 0n, zone);
    if (dataType.kind !== 'long' || typeof value !== 'number' || Number.isSafeInteger(value)) continue;
    values[name] = String(rowAt(batch, 0)[name]);
  }
  return values;
}
