import { expect, test } from 'vitest';
import { createTestSession } from '../../src/testing/index.ts';

test('a sequence that does not lead to its end is refused', async () => {
  const session = createTestSession();
  await expect(session.sql('SELECT sequence(1, 5, -1)').collect()).rejects.toMatchObject({
    condition: 'INVALID_SEQUENCE_BOUNDARIES',
    parameters: { start: '1', stop: '5', step: '-1' },
  });
});

test('an array longer than Spark makes is refused before it is made', async () => {
  const session = createTestSession();
  await expect(session.sql('SELECT sequence(1, 3000000000)').collect()).rejects.toMatchObject({
    condition: 'COLLECTION_SIZE_LIMIT_EXCEEDED.FUNCTION',
  });
});

test('a comparison that answers NULL is refused', async () => {
  const session = createTestSession();
  const query = 'SELECT array_sort(array(2, 1), (l, r) -> CAST(NULL AS INT))';
  await expect(session.sql(query).collect()).rejects.toMatchObject({ condition: 'COMPARATOR_RETURNS_NULL' });
});
