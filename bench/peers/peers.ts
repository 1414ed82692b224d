/** The list of peers. A new one is a file like its neighbours, a folder with its programs, and a line here. */
import type { Engine } from '../harness/work.ts';
import { duckdb } from './duckdb.ts';
import { flink } from './flink.ts';
import { kafkaStreams } from './kafka-streams.ts';
import { spark } from './spark.ts';

const PEERS: readonly Engine[] = [spark, flink, duckdb, kafkaStreams];

/** The peers of `--vs`; `none` stands for nobody. */
export function peersNamed(text: string): readonly Engine[] {
  const names = text.split(',').filter((name) => name !== '' && name !== 'none');
  return names.map((name) => {
    const peer = PEERS.find((one) => one.name === name);
    if (peer === undefined) throw new Error(`no peer ${name}; there are ${PEERS.map((one) => one.name).join(', ')}`);
    return peer;
  });
}
