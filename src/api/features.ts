/**
 * Text as numbers: words, n-grams, hashed words, and TF-IDF. Everything but `inverseDocumentFrequencies` works row by row, so on streams
 * too: learn the frequencies from a batch, then weigh the words of a stream with them.
 */
import type { DataFrame } from './data-frame.ts';
import type { ColumnOrName } from './column.ts';
import { Column } from './column.ts';
import * as F from './functions.ts';

/** How texts are cut into words. */
export interface TokenizeOptions {
  /** What stands between words; default anything but letters, digits and `_`. */
  readonly separator?: string;
  /** Default true. */
  readonly lowerCase?: boolean;
  /** Shorter words are left out; default 1. */
  readonly minLength?: number;
  readonly stopWords?: readonly string[];
}

/** The words of a text, as an array. */
export function tokenize(text: ColumnOrName, options: TokenizeOptions = {}): Column {
  const { separator = '[^\\p{L}\\p{N}_]+', lowerCase = true, minLength = 1, stopWords = [] } = options;
  const written = lowerCase ? F.lower(text) : asColumn(text);
  return F.filter(F.split(written, separator), (word) => {
    const isLong = F.length(word).geq(minLength);
    return stopWords.length === 0 ? isLong : isLong.and(word.isin(...stopWords).not());
  });
}

/** The sequences of `n` words that follow each other, joined by spaces; none when there are fewer words. */
export function ngrams(words: ColumnOrName, n: number): Column {
  const list = asColumn(words);
  const count = F.size(list).minus(n - 1);
  const starts = F.when(count.gt(0), F.sequence(F.lit(1), count)).otherwise(F.expr('CAST(array() AS ARRAY<INT>)'));
  return F.transform(starts, (start) => F.array_join(F.slice(list, start, n), ' '));
}

/** Each word as a number below `buckets`, by its Murmur3 hash as SQL's `hash` computes it. */
export function hashWords(words: ColumnOrName, buckets: number): Column {
  return F.transform(words, (word) => F.pmod(F.hash(word), F.lit(buckets)));
}

/** The different words with how often each occurs and its term frequency, `1 + ln(occurrences)`. */
export function termFrequencies(words: ColumnOrName): Column {
  const list = asColumn(words);
  return F.transform(F.array_distinct(list), (term) => {
    const occurrences = F.size(F.filter(list, (word) => word.eq(term)));
    return F.struct(term.as('term'), occurrences.as('occurrences'), F.log(occurrences).plus(1).as('tf'));
  });
}

/**
 * How rare words are: one row per word with the number of documents (rows) that have it and `idf = ln((1 + N) / (1 + documents)) + 1`,
 * where N is the number of documents. For bounded input.
 */
export function inverseDocumentFrequencies(documents: DataFrame, words: ColumnOrName): DataFrame {
  const numbered = documents.select(asColumn(words).as('words'));
  const total = numbered.agg(F.count('*').as('total'));
  return numbered
    .select(F.explode(F.array_distinct('words')).as('term'))
    .groupBy('term')
    .agg(F.count('*').as('documents'))
    .crossJoin(total)
    .select(
      F.col('term'),
      F.col('documents'),
      F.log(F.col('total').plus(1).divide(F.col('documents').plus(1)))
        .plus(1)
        .as('idf'),
    );
}

/**
 * The weights of the words of each document: its columns, `term`, `occurrences`, `tf`, `idf` and `tfidf = tf * idf`. Words that
 * `frequencies` (see inverseDocumentFrequencies) does not know are left out.
 */
export function tfIdf(documents: DataFrame, words: ColumnOrName, frequencies: DataFrame): DataFrame {
  const weighed = documents
    .withColumn('__term', F.explode(termFrequencies(words)))
    .withColumn('term', F.col('__term.term'))
    .withColumn('occurrences', F.col('__term.occurrences'))
    .withColumn('tf', F.col('__term.tf'))
    .drop('__term');
  return weighed
    .join(frequencies.select(F.col('term'), F.col('idf')), 'term')
    .withColumn('tfidf', F.col('tf').multiply(F.col('idf')));
}

function asColumn(column: ColumnOrName): Column {
  return column instanceof Column ? column : F.col(column);
}
