/** How options name streams: `streamName` or `streamARN`, each one or several with commas between them. */
import { MillraceError } from '../../errors/millrace-error.ts';
import { invalidOption, optionText, type Options } from '../../types/options.ts';

/** A stream by name, or by ARN, which may be another account's. */
export interface StreamReference {
  readonly name: string;
  readonly arn: string | undefined;
  readonly region: string | undefined;
}

/** What a call says to mean this stream. */
export function streamInput({ name, arn }: StreamReference): { StreamName: string } | { StreamARN: string } {
  return arn === undefined ? { StreamName: name } : { StreamARN: arn };
}

/** All streams that the options name, given by bare name, in their order; at least one. */
export function readStreamReferences(format: string, options: Options): readonly StreamReference[] {
  const arns = listOf(optionText(options, 'streamARN'));
  const names = listOf(optionText(options, 'streamName'));
  const references =
    arns.length > 0
      ? arns.map((arn) => referenceOf(format, arn))
      : names.map((name): StreamReference => ({ name, arn: undefined, region: undefined }));
  if (references.length === 0) throw new MillraceError('MISSING_OPTION', { option: 'streamName', format });
  const twice = references.find(({ name }, i) => references.findIndex((other) => other.name === name) !== i);
  if (twice !== undefined)
    throw invalidOption(format, 'streamName', references.map(({ name }) => name).join(','), 'each stream once');
  return references;
}

function listOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function referenceOf(format: string, arn: string): StreamReference {
  const [, region, name] = /^arn:aws[\w-]*:kinesis:([\w-]+):\d{12}:stream\/(.+)$/.exec(arn) ?? [];
  if (name === undefined)
    throw invalidOption(
      format,
      'streamARN',
      arn,
      'the ARN of a stream, as arn:aws:kinesis:eu-west-1:123456789012:stream/actions',
    );
  return { name, arn, region };
}
