/** `millrace kinesis plan`: how many shards a load needs. */
import { invalidOption } from '../../types/options.ts';
import {
  type CapacityPlan,
  type KinesisLoad,
  parseByteRate,
  parseCountRate,
  planCapacity,
} from '../kinesis/capacity-plan.ts';

export interface KinesisPlanOptions {
  readonly in: string;
  readonly out?: string;
  readonly records: string;
  readonly fanOut?: string;
  readonly average: string;
  readonly json?: boolean;
}

const COMMAND = 'millrace kinesis plan';

/** Prints the plan on standard output. */
export function runKinesisPlan(options: KinesisPlanOptions): void {
  const plan = planCapacity(readLoad(options));
  process.stdout.write(options.json === true ? `${JSON.stringify(plan)}\n` : `${planText(plan)}\n`);
}

/** The load that the options describe; what is read is what is written, unless said otherwise. */
export function readLoad(options: KinesisPlanOptions): KinesisLoad {
  const bytes = (name: string, text: string): number => {
    const rate = parseByteRate(text);
    if (rate === undefined) throw invalidOption(COMMAND, name, text, "a rate such as '5MB/s' or '800KB/s'");
    return rate;
  };
  const count = (name: string, text: string): number => {
    const rate = parseCountRate(text);
    if (rate === undefined) throw invalidOption(COMMAND, name, text, "a number such as '4000/s'");
    return rate;
  };
  const averageShare = Number(options.average);
  if (!(averageShare > 0 && averageShare <= 1))
    throw invalidOption(COMMAND, '--average', options.average, 'a share of the peak above 0 and up to 1');
  return {
    inBytesPerSecond: bytes('--in', options.in),
    outBytesPerSecond: bytes('--out', options.out ?? options.in),
    recordsPerSecond: count('--records', options.records),
    numFanOutConsumers: options.fanOut === undefined ? 0 : count('--fan-out', options.fanOut),
    averageShare,
  };
}

/** The plan as lines for people. */
export function planText(plan: CapacityPlan): string {
  const { write, read, records } = plan.shardsByLimit;
  const usd = (amount: number): string => `$${amount.toFixed(2)}`;
  return [
    `shards needed       ${plan.numShards} (writing ${write}, records ${records}, reading ${read}; ${plan.limit} decides)`,
    `shards recommended  ${plan.numShardsRecommended} (a quarter to spare for uneven keys)`,
    `capacity mode       ${plan.mode}`,
    `provisioned         about ${usd(plan.provisionedUsdPerMonth)} a month with ${plan.numShardsRecommended} shards`,
    `on-demand           about ${usd(plan.onDemandUsdPerMonth)} a month`,
    '                    (list prices of us-east-1 without retention above 24 hours; check yours)',
    ...plan.notes.map((note) => `note                ${note}`),
  ].join('\n');
}
