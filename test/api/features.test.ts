import { describe, expect, test } from 'vitest';
import { MillraceSession, features, functions as F } from '../../src/index.ts';

function session(): MillraceSession {
  return MillraceSession.builder().config('spark.sql.session.timeZone', 'UTC').create();
}

const DOCUMENTS = [
  { id: 1, text: 'The cat saw the cat' },
  { id: 2, text: 'A dog saw a bird!' },
  { id: 3, text: '' },
];

describe('words', () => {
  test('are cut at what is neither letter nor digit, in lower case', async () => {
    const df = session().createDataFrame(DOCUMENTS, 'id INT, text STRING');
    expect(await df.select(features.tokenize('text').as('w')).collect()).toEqual([
      { w: ['the', 'cat', 'saw', 'the', 'cat'] },
      { w: ['a', 'dog', 'saw', 'a', 'bird'] },
      { w: [] },
    ]);
    const options = { lowerCase: false, minLength: 2, stopWords: ['saw'] };
    expect(await df.select(features.tokenize('text', options).as('w')).limit(2).collect()).toEqual([
      { w: ['The', 'cat', 'the', 'cat'] },
      { w: ['dog', 'bird'] },
    ]);
  });

  test('follow each other as n-grams', async () => {
    const df = session().createDataFrame([{ w: ['a', 'b', 'c'] }, { w: ['a'] }, { w: [] }], 'w ARRAY<STRING>');
    expect(await df.select(features.ngrams('w', 2).as('g')).collect()).toEqual([
      { g: ['a b', 'b c'] },
      { g: [] },
      { g: [] },
    ]);
  });

  test('become numbers below a bound, equal words equal ones', async () => {
    const df = session().createDataFrame([{ w: ['a', 'b', 'a'] }], 'w ARRAY<STRING>');
    const rows = await df.select(features.hashWords('w', 100).as('h')).collect();
    const [first, second, third] = rows.flatMap((row) => row['h'] as number[]);
    expect(first).toBe(third);
    expect([first, second].every((n) => n !== undefined && n >= 0 && n < 100)).toBe(true);
    expect(await session().sql("SELECT pmod(hash('a'), 100) AS h").collect()).toEqual([{ h: first }]);
  });
});

describe('TF-IDF', () => {
  test('is 1 + ln(occurrences) times ln((1 + N) / (1 + documents)) + 1', async () => {
    const s = session();
    const documents = s
      .createDataFrame(DOCUMENTS, 'id INT, text STRING')
      .withColumn('words', features.tokenize('text'));
    const frequencies = features.inverseDocumentFrequencies(documents, 'words');
    const rows = await features
      .tfIdf(documents.select('id', 'words'), 'words', frequencies)
      .filter(F.col('id').eq(1))
      .orderBy('term')
      .select('term', 'occurrences', 'tf', 'idf', 'tfidf')
      .collect();
    const rare = Math.log(4 / 2) + 1;
    const common = Math.log(4 / 3) + 1;
    const twice = 1 + Math.log(2);
    expect(rows).toEqual([
      { term: 'cat', occurrences: 2, tf: twice, idf: rare, tfidf: twice * rare },
      { term: 'saw', occurrences: 1, tf: 1, idf: common, tfidf: common },
      { term: 'the', occurrences: 2, tf: twice, idf: rare, tfidf: twice * rare },
    ]);
  });

  test('of a stream comes from frequencies learnt from a batch', async () => {
    const s = session();
    const learnt = features.inverseDocumentFrequencies(
      s.createDataFrame(DOCUMENTS, 'id INT, text STRING').withColumn('words', features.tokenize('text')),
      'words',
    );
    const input = s.memoryStream('id INT, text STRING');
    input.addData({ id: 9, text: 'dog dog unknown' });
    const words = input.toDF().select(F.col('id'), features.tokenize('text').as('words'));
    const query = await features
      .tfIdf(words, 'words', learnt)
      .select('id', 'term', 'tfidf')
      .writeStream.format('memory')
      .queryName('weights')
      .start();
    await query.processAllAvailable();
    await query.stop();
    expect(await s.sql('SELECT * FROM weights').collect()).toEqual([
      { id: 9, term: 'dog', tfidf: (1 + Math.log(2)) * (Math.log(4 / 2) + 1) },
    ]);
  });
});
