/** The list of sinks: every name is found, unknown ones get proposals, options are checked before a sink is made. */
import { describe, expect, test } from 'vitest';
import type { MillraceError } from '../../src/errors/millrace-error.ts';
import { checkSinkRequest } from '../../src/sinks/check-sink-request.ts';
import { findSinkProvider, sinkNames } from '../../src/sinks/registry.ts';
import { ID_NAME, sinkContext } from '../contract/sink-contract.ts';

describe('sink registry', () => {
  test('names and aliases are unique and found in any letter case', () => {
    const providers = sinkNames.map((name) => findSinkProvider(name));
    expect(providers.map((provider) => provider.name)).toEqual(sinkNames);
    for (const { name, aliases = [] } of providers)
      expect(aliases.map((alias) => findSinkProvider(alias).name)).toEqual(aliases.map(() => name));
    const names = providers.flatMap((provider) => [provider.name, ...(provider.aliases ?? [])]);
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
    expect(names).toEqual(
      expect.arrayContaining(['console', 'csv', 'foreach', 'foreachBatch', 'jdbc', 'json', 'memory', 'noop', 'text']),
    );
    expect(findSinkProvider('JDBC').name).toBe('jdbc');
    expect(findSinkProvider('foreach-batch').name).toBe('foreachBatch');
  });

  test('an unknown name is DATA_SOURCE_NOT_FOUND with the nearest names', () => {
    const find = () => findSinkProvider('jdcb');
    expect(find).toThrow('[DATA_SOURCE_NOT_FOUND] Failed to find the data source: jdcb.');
    try {
      find();
    } catch (error) {
      expect((error as MillraceError).hint).toMatch(/^Did you mean jdbc/);
    }
  });

  test.each(sinkNames.map((name) => [name, findSinkProvider(name)] as const))(
    '%s refuses unknown options and takes the engine’s',
    (_, provider) => {
      const request = (option: string) =>
        sinkContext({ schema: ID_NAME, options: { checkpointLocation: '/c', path: '/p', [option]: 'x' } });
      expect(() => checkSinkRequest(provider, request('queryName'))).not.toThrow();
      expect(() => checkSinkRequest(provider, request('no_such_option'))).toThrow('[UNKNOWN_OPTION]');
    },
  );
});
