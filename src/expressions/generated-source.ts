/**
 * Writes the loop of an expression as JavaScript: one pass over the rows, no columns in between. The text holds only generated
 * identifiers and operators; literals come through an array of constants, texts as ids of the batch's dictionaries, column names not at
 * all. Where a row does something unusual (a number beyond 2^52, an overflow, a division by zero) the code only notes that it happened;
 * the interpreter then decides for the whole batch, error or value.
 *
 * Variables: i row, j place among the rows wanted, V values of the inputs, N their validity, W ids of texts, o and z the result, b "do it
 * again"; a<n> arrays, x<n> values, y<n> validity, k<n> constants, t<n> the rest.
 */
import type { DataType } from '../types/data-type.ts';
import type { CaseWhen, Cast, Coalesce, Expression, Literal, Logical, ScalarCall } from './expression.ts';
import { present } from '../errors/assert.ts';
import { layoutOf } from '../types/vector.ts';
import { arithmeticCode, castCode, comparisonCode } from './generated-operators.ts';
import { codeKind, comparedTexts, isTextChoice, isWritten } from './generated-support.ts';

/** An input of the loop: a column computed before it. */
export interface LoopInput {
  readonly expression: Expression;
}
/** A text whose id in the dictionary of an input is asked for in every batch. */
export interface WantedText {
  readonly input: number;
  readonly text: string;
}

/** The parts of a loop that do not depend on which inputs have nulls. */
export interface LoopParts {
  readonly inputs: readonly LoopInput[];
  readonly texts: readonly WantedText[];
  readonly constants: readonly unknown[];
  /** The texts a string result is chosen from, by id. */
  readonly choices: readonly string[];
  readonly source: string;
  /** False when no row of the result can be null. */
  readonly mayBeNull: boolean;
}

/** `selected`: the rows come in an array. `rows`: the result is the rows for which the expression is true. */
export interface LoopShape {
  readonly isSelected: boolean;
  readonly isPredicate: boolean;
  /** The inputs, when they are known, and which of them have nulls in this batch; without it all may. */
  readonly nulls?: { readonly inputs: readonly LoopInput[]; readonly hasNulls: readonly boolean[] };
}

/** Code for a value: two JavaScript expressions. `valid` is '1' when it is never null, '0' when it always is. */
export interface Code {
  readonly value: string;
  readonly valid: string;
}

/** The loop for an expression that `canGenerate`. */
export function loopSource(expression: Expression, shape: LoopShape): LoopParts {
  return new SourceWriter(shape).write(expression);
}

const MAX_MASKED_BRANCHES = 4;
const NEVER_VALID: Code = { value: '0', valid: '0' };

class SourceWriter {
  readonly #shape: LoopShape;
  readonly #inputs: LoopInput[];
  readonly #usesValue: boolean[] = [];
  readonly #texts: WantedText[] = [];
  readonly #constants: unknown[] = [];
  readonly #choices: string[] = [];
  #lines: string[] = [];
  #numTemporaries = 0;

  constructor(shape: LoopShape) {
    this.#shape = shape;
    this.#inputs = [...(shape.nulls?.inputs ?? [])];
  }

  write(expression: Expression): LoopParts {
    const result = isTextChoice(expression) ? this.#choice(expression) : this.#node(expression);
    const body = this.#lines;
    const source = [
      '"use strict";',
      ...this.#constants.map((_, n) => `const k${n}=K[${n}];`),
      'return function(n,R,V,N,W,o,z){',
      'let b=0,c=0;',
      ...this.#inputs.map((_, n) => `const a${n}=V[${n}],n${n}=N[${n}];`),
      ...this.#texts.map((_, n) => `const w${n}=W[${n}];`),
      this.#shape.isSelected ? 'for(let j=0;j<n;j++){const i=R[j];' : 'for(let j=0;j<n;j++){const i=j;',
      ...this.#inputs.flatMap(({ expression: input }, n) => this.#load(input.dataType, n)),
      ...body,
      ...this.#store(expression.dataType, result),
      '}',
      this.#shape.isPredicate ? 'return b===0?c:-1;}' : 'return b===0?0:-1;}',
    ].join('\n');
    return {
      inputs: this.#inputs,
      texts: this.#texts,
      constants: this.#constants,
      choices: this.#choices,
      source,
      mayBeNull: result.valid !== '1',
    };
  }

  #load(type: DataType, n: number): string[] {
    const lines: string[] = [];
    if (this.#hasNulls(n)) lines.push(`const y${n}=n${n}[i];`);
    if (this.#usesValue[n] !== true) return lines;
    if (layoutOf(type) === 'long')
      lines.push(`const h${n}=a${n}[2*i+1],x${n}=h${n}*4294967296+(a${n}[2*i]>>>0);`, `b|=(h${n}+1048576)&-2097152;`);
    else lines.push(`const x${n}=a${n}[i];`);
    return lines;
  }

  #store(type: DataType, { value, valid }: Code): string[] {
    if (this.#shape.isPredicate) return ['o[c]=i;', `c+=${both(value, valid)};`];
    const lines = valid === '1' ? [] : [`const v=${valid};`, 'z[j]=v;'];
    const kept = valid === '1' ? value : `(v===1?${value}:0)`;
    if (layoutOf(type) === 'long')
      lines.push(`const r=${kept};`, 'o[2*j]=r|0;', 'o[2*j+1]=Math.floor(r*2.3283064365386963e-10);');
    else lines.push(`o[j]=${kept};`);
    return lines;
  }

  #hasNulls(input: number): boolean {
    return this.#shape.nulls?.hasNulls[input] ?? true;
  }

  #node(node: Expression): Code {
    if (!isWritten(node)) return this.#input(node, true);
    switch (node.kind) {
      case 'literal':
        return this.#literal(node);
      case 'alias':
        return this.#node(node.child);
      case 'cast':
        return this.#cast(node);
      case 'logical':
        return this.#logical(node);
      case 'case':
        return this.#case(node, (value) => this.#node(value));
      case 'coalesce':
        return this.#coalesce(node);
      case 'call':
        return this.#call(node);
      default:
        return this.#input(node, true);
    }
  }

  /** The code of an input; the same column is one input. */
  #input(expression: Expression, usesValue: boolean): Code {
    const same = (other: Expression): boolean =>
      other === expression ||
      (other.kind === 'attribute' && expression.kind === 'attribute' && other.id === expression.id);
    let n = this.#inputs.findIndex((input) => same(input.expression));
    if (n < 0) n = this.#inputs.push({ expression }) - 1;
    if (usesValue) this.#usesValue[n] = true;
    return { value: `x${n}`, valid: this.#hasNulls(n) ? `y${n}` : '1' };
  }

  #literal({ value }: Literal): Code {
    if (value === null) return NEVER_VALID;
    const constant = typeof value === 'bigint' ? Number(value) : typeof value === 'boolean' ? Number(value) : value;
    return { value: this.#constant(constant), valid: '1' };
  }

  #constant(value: unknown): string {
    return `k${this.#constants.push(value) - 1}`;
  }

  #cast(cast: Cast): Code {
    if (cast.child.dataType.kind === 'void') return NEVER_VALID;
    const child = this.#node(cast.child);
    return this.#checked(castCode(cast.child.dataType, cast.dataType, child.value), child.valid);
  }

  #call(call: ScalarCall): Code {
    const { functionName, arguments: args } = call;
    const [first] = args;
    if (functionName === 'isnull' || functionName === 'isnotnull')
      return this.#nullTest(present(first, 'the tested value'), functionName === 'isnull');
    const compared = comparedTexts(call);
    if (compared !== undefined) return this.#textTest(call, compared.column, compared.texts);
    const codes = args.map((arg) => this.#node(arg));
    const valid = codes.map((code) => code.valid).reduce(both, '1');
    const values = codes.map((code) => code.value);
    const [left = '0', right = '0'] = values;
    const kind = present(codeKind(present(first, 'an argument').dataType), 'numbers have a kind');
    switch (functionName) {
      case 'not':
      case '!':
        return { value: `(1-${left})`, valid };
      case 'isnan':
        return { value: both(`+(${left}!==${left})`, valid), valid: '1' };
      case 'in':
        return this.#in(codes, kind);
      case '<=>':
      case 'equal_null':
        return this.#nullSafeEqual(codes, comparisonCode('=', kind, left, right), valid);
    }
    const isTest = call.dataType.kind === 'boolean';
    if (isTest) return this.#kept({ value: comparisonCode(functionName, kind, left, right), valid });
    return this.#checked(arithmeticCode(functionName, call.dataType, left, right), valid);
  }

  #nullTest(tested: Expression, whenNull: boolean): Code {
    const { valid } = isWritten(tested) ? this.#node(tested) : this.#input(tested, false);
    return { value: whenNull ? `(1-${valid})` : valid, valid: '1' };
  }

  #nullSafeEqual(codes: readonly Code[], equal: string, valid: string): Code {
    const [left, right] = codes;
    if (valid === '1') return { value: equal, valid };
    const bothNull = both(`(1-${left?.valid})`, `(1-${right?.valid})`);
    return this.#kept({ value: `(${both(equal, valid)}|${bothNull})`, valid: '1' });
  }

  #in([tested, ...candidates]: readonly Code[], kind: Parameters<typeof comparisonCode>[1]): Code {
    const { value, valid } = present(tested, 'a tested value');
    const equals = candidates.map((candidate) =>
      both(comparisonCode('=', kind, value, candidate.value), candidate.valid),
    );
    const found = this.#temporary(`(${equals.join('|')})`);
    const isSure = candidates.map((candidate) => candidate.valid).reduce(both, '1');
    return { value: both(found, valid), valid: isSure === '1' ? valid : both(valid, `(${found}|${isSure})`) };
  }

  /** A string column against literal texts: ids of its dictionary are compared. */
  #textTest(call: ScalarCall, column: Expression, literals: readonly Literal[]): Code {
    const { value, valid } = this.#input(column, true);
    const input = Number(value.slice(1));
    const texts = literals.flatMap((literal) => (typeof literal.value === 'string' ? [literal.value] : []));
    const tests = texts.map((text) => `+(${value}===w${this.#texts.push({ input, text }) - 1})`);
    const found = tests.length === 0 ? '0' : `(${tests.join('|')})`;
    const hasNull = texts.length < literals.length;
    if (call.functionName === 'in')
      return this.#kept({ value: both(found, valid), valid: hasNull ? both(found, valid) : valid });
    if (hasNull) return NEVER_VALID;
    const isEqual = call.functionName === '=' || call.functionName === '==';
    return this.#kept({ value: isEqual ? found : `(1-${found})`, valid });
  }

  #logical({ operator, left, right }: Logical): Code {
    const first = this.#kept(this.#node(left));
    const { code: second, lines } = this.#apart(() => this.#kept(this.#node(right)));
    const isAnd = operator === 'and';
    if (!lines.some(isCheck)) {
      this.#lines.push(...lines);
      return this.#kept(combined(isAnd, first, second));
    }
    const value = this.#temporary('0', 'let');
    const valid = this.#temporary('1', 'let');
    const result = combined(isAnd, first, second);
    const decided = both(isAnd ? `(1-${first.value})` : first.value, first.valid);
    this.#lines.push(
      `if(${decided}){${value}=${isAnd ? 0 : 1};}else{`,
      ...lines,
      `${value}=${result.value};${valid}=${result.valid};}`,
    );
    return { value, valid: result.valid === '1' ? '1' : valid };
  }

  #case(node: CaseWhen, write: (value: Expression) => Code): Code {
    const chosen = this.#chosenWithoutJumps(node, write);
    if (chosen !== undefined) return chosen;
    const value = this.#temporary('0', 'let');
    const valid = this.#temporary('1', 'let');
    let mayBeNull = false;
    const set = (part: Expression): void => {
      const code = write(part);
      mayBeNull ||= code.valid !== '1';
      this.#lines.push(`${value}=${code.value};${valid}=${code.valid};`);
    };
    for (const branch of node.branches) {
      const condition = this.#node(branch.condition);
      this.#lines.push(`if(${both(condition.value, condition.valid)}){`);
      set(branch.value);
      this.#lines.push('}else{');
    }
    set(node.otherwise);
    this.#lines.push('}'.repeat(node.branches.length));
    return { value, valid: mayBeNull ? valid : '1' };
  }

  /** A short `case` of integers, booleans or texts whose parts cannot fail: all are computed, masks choose. */
  #chosenWithoutJumps(node: CaseWhen, write: (value: Expression) => Code): Code | undefined {
    const kind = codeKind(node.dataType);
    if (kind === 'long' || kind === 'double' || node.branches.length > MAX_MASKED_BRANCHES) return undefined;
    const { code, lines } = this.#apart(() => {
      let rest = this.#kept(write(node.otherwise));
      for (const branch of node.branches.toReversed()) {
        const condition = this.#node(branch.condition);
        const taken = this.#temporary(both(condition.value, condition.valid));
        const { value, valid } = write(branch.value);
        const choice = (yes: string, no: string): string => (yes === no ? yes : `(${yes}&-${taken}|${no}&${taken}-1)`);
        rest = this.#kept({ value: choice(value, rest.value), valid: choice(valid, rest.valid) });
      }
      return rest;
    });
    if (lines.some(isCheck)) return undefined;
    this.#lines.push(...lines);
    return code;
  }

  #coalesce(node: Coalesce): Code {
    const value = this.#temporary('0', 'let');
    const valid = this.#temporary('0', 'let');
    let depth = 0;
    let isSure = false;
    for (const argument of node.arguments) {
      const code = this.#node(argument);
      this.#lines.push(`${value}=${code.value};${valid}=${code.valid};`);
      isSure = code.valid === '1';
      if (isSure) break;
      this.#lines.push(`if(${valid}===0){`);
      depth++;
    }
    this.#lines.push('}'.repeat(depth));
    return { value, valid: isSure ? '1' : valid };
  }

  /** A choice among literal texts; the value is the id of the text. */
  #choice(node: Expression): Code {
    if (node.kind === 'case') return this.#case(node, (value) => this.#choice(value));
    const text = node.kind === 'literal' ? node.value : null;
    if (typeof text !== 'string') return NEVER_VALID;
    const known = this.#choices.indexOf(text);
    return { value: String(known >= 0 ? known : this.#choices.push(text) - 1), valid: '1' };
  }

  /** Writes the checks of an operation and keeps its value in a variable. */
  #checked(
    { value, unusual }: { readonly value: string; readonly unusual?: (value: string) => string },
    valid: string,
  ): Code {
    const kept = this.#temporary(value);
    if (unusual !== undefined) this.#lines.push(`b|=${both(`+(${unusual(kept)})`, valid)};`);
    return { value: kept, valid };
  }

  #kept({ value, valid }: Code): Code {
    const keep = (text: string): string => (/^\w+$/.test(text) ? text : this.#temporary(text));
    return { value: keep(value), valid: keep(valid) };
  }

  #temporary(value: string, declare: 'const' | 'let' = 'const'): string {
    const name = `t${this.#numTemporaries++}`;
    this.#lines.push(`${declare} ${name}=${value};`);
    return name;
  }

  /** Writes code to lines of its own. */
  #apart(write: () => Code): { readonly code: Code; readonly lines: readonly string[] } {
    const outer = this.#lines;
    this.#lines = [];
    const code = write();
    const lines = this.#lines;
    this.#lines = outer;
    return { code, lines };
  }
}

/** True for a line that says when the loop must give up. */
function isCheck(line: string): boolean {
  return line.startsWith('b|=');
}

/** The conjunction of two codes that are 0 or 1. */
function both(left: string, right: string): string {
  if (left === '1') return right;
  if (right === '1') return left;
  return left === '0' || right === '0' ? '0' : `(${left}&${right})`;
}

/** Three-valued AND and OR. */
function combined(isAnd: boolean, left: Code, right: Code): Code {
  const valid = both(left.valid, right.valid);
  if (valid === '1') return { value: `(${left.value}${isAnd ? '&' : '|'}${right.value})`, valid };
  if (isAnd) {
    const decided = `${both(`(1-${left.value})`, left.valid)}|${both(`(1-${right.value})`, right.valid)}`;
    return { value: both(both(left.value, right.value), valid), valid: `(${decided}|${valid})` };
  }
  const decided = `(${both(left.value, left.valid)}|${both(right.value, right.valid)})`;
  return { value: decided, valid: `(${decided}|${valid})` };
}
