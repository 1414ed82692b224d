/** The states as processors see them: values in the form of users, on the key that is being handled. The rows behind are StateVariable. */
import type { ListState, MapState, ValueState } from '../../plan/stateful-processor.ts';
import type { ValueShape } from '../../plan/user-function.ts';
import type { Value } from '../../types/vector.ts';
import type { BoundVariable } from './processor-handle.ts';
import { present } from '../../errors/assert.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { shownValue, storedValue } from './user-rows.ts';

type Bind = () => BoundVariable;

export function valueState(bind: Bind): ValueState<unknown> {
  return {
    exists: () => {
      const { variable, keys } = bind();
      return variable.get(keys) !== undefined;
    },
    get: () => {
      const { variable, keys } = bind();
      return shown(variable.get(keys), variable.declaration.value);
    },
    update: (value) => {
      const { variable, keys } = bind();
      variable.set(keys, stored(value, variable.declaration.value, variable.declaration.name));
    },
    clear: () => {
      const { variable, keys } = bind();
      variable.clear(keys);
    },
  };
}

export function listState(bind: Bind): ListState<unknown> {
  const append = (values: readonly unknown[], replace: boolean): void => {
    const { variable, keys } = bind();
    const { value, name: stateName } = variable.declaration;
    if (values.length === 0) throw new MillraceError('ILLEGAL_STATE_STORE_VALUE.EMPTY_LIST_VALUE', { stateName });
    const rows = values.map((one) => stored(one, value, stateName));
    if (replace) variable.replace(keys, rows);
    else variable.append(keys, rows);
  };
  const items = (): unknown[] => {
    const { variable, keys } = bind();
    return variable.live(keys).map((slot) => shown(variable.valueAt(slot), variable.declaration.value));
  };
  return {
    exists: () => items().length > 0,
    get: () => items().values(),
    put: (values) => append(values, true),
    appendValue: (value) => append([value], false),
    appendList: (values) => append(values, false),
    clear: () => {
      const { variable, keys } = bind();
      variable.clear(keys);
    },
  };
}

export function mapState(bind: Bind): MapState<unknown, unknown> {
  const withKey = (key: unknown) => {
    const { variable, keys } = bind();
    const { name, mapKey } = variable.declaration;
    const shape = present(mapKey, 'a map variable has map keys');
    return { variable, keys, mapKey: stored(key, shape, name) };
  };
  const entries = (): [unknown, unknown][] => {
    const { variable, keys } = bind();
    const { value, mapKey } = variable.declaration;
    const shape = present(mapKey, 'a map variable has map keys');
    return variable
      .live(keys)
      .map((slot) => [shown(variable.mapKeyAt(slot), shape), shown(variable.valueAt(slot), value)]);
  };
  return {
    exists: () => entries().length > 0,
    getValue: (key) => {
      const { variable, keys, mapKey } = withKey(key);
      return shown(variable.get(keys, mapKey), variable.declaration.value);
    },
    containsKey: (key) => {
      const { variable, keys, mapKey } = withKey(key);
      return variable.get(keys, mapKey) !== undefined;
    },
    updateValue: (key, value) => {
      const { variable, keys, mapKey } = withKey(key);
      variable.set(keys, stored(value, variable.declaration.value, variable.declaration.name), mapKey);
    },
    iterator: () => entries().values(),
    keys: () =>
      entries()
        .map(([key]) => key)
        .values(),
    values: () =>
      entries()
        .map(([, value]) => value)
        .values(),
    removeKey: (key) => {
      const { variable, keys, mapKey } = withKey(key);
      variable.delete(keys, mapKey);
    },
    clear: () => {
      const { variable, keys } = bind();
      variable.clear(keys);
    },
  };
}

function shown(value: Value | undefined, shape: ValueShape): unknown {
  return value === undefined ? undefined : shownValue(value, shape);
}

function stored(value: unknown, shape: ValueShape, stateName: string): Value {
  const converted = storedValue(value, shape, stateName);
  if (converted === null) throw new MillraceError('ILLEGAL_STATE_STORE_VALUE.NULL_VALUE', { stateName });
  return converted;
}
