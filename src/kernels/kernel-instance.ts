/**
 * The WebAssembly module of the kernels and its one instance per thread, made on first use. Memory is handed out in regions and never taken
 * back: a kernel reserves what it needs once, and the views here are made anew when memory has grown. No kernel keeps a caller's array.
 */
import { Buffer } from 'node:buffer';
import { assert } from '../errors/assert.ts';
import { KERNEL_BINARY } from './kernel-binary.ts';

interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(numPages: number): number;
}
/** A compiled module; opaque here. */
type WasmModule = object;
/** The part of WebAssembly used here; the types of Node do not have it. Undefined where it is switched off. */
declare const WebAssembly:
  | {
      readonly Module: new (bytes: Uint8Array) => WasmModule;
      readonly Instance: new (module: WasmModule) => { readonly exports: unknown };
    }
  | undefined;

/** What assembly/kernel-exports.ts exports; addresses are numbers. */
interface KernelExports {
  readonly memory: WasmMemory;
  firstFreeByte(): number;
  decodeCsvLines(job: number): number;
  decodeJsonLines(job: number): number;
  writeRows(job: number): number;
  prepareStringCache(): void;
  uncompressSnappy(source: number, sourceEnd: number, target: number, targetEnd: number): number;
  compressSnappy(source: number, sourceEnd: number, target: number, table: number): number;
  findTexts(cache: number, owner: number, spans: number, ids: number, numRows: number, misses: number): number;
  rememberTexts(cache: number, owner: number, spans: number, ids: number, misses: number, numMisses: number): number;
}

const PAGE_BYTES = 65_536;
const ALIGNMENT = 64;

export class KernelInstance {
  readonly exports: KernelExports;
  /** Views of the whole memory; take them anew after `reserve`. */
  bytes = new Uint8Array(0);
  words = new Int32Array(0);
  longs = new BigInt64Array(0);
  doubles = new Float64Array(0);
  #free: number;

  /** Throws where there is no WebAssembly. `binary` is the module, for comparing one build with another. */
  constructor(binary: Uint8Array = Buffer.from(KERNEL_BINARY, 'base64')) {
    assert(typeof WebAssembly !== 'undefined', 'kernels are made where there is WebAssembly');
    const module = new WebAssembly.Module(binary);
    this.exports = new WebAssembly.Instance(module).exports as KernelExports;
    this.#free = this.exports.firstFreeByte();
    this.#takeViews();
  }

  /** The address of `sizeBytes` zeroed bytes that are the caller's from now on. */
  reserve(sizeBytes: number): number {
    const address = Math.ceil(this.#free / ALIGNMENT) * ALIGNMENT;
    this.#free = address + sizeBytes;
    const missing = this.#free - this.bytes.length;
    if (missing > 0) {
      this.exports.memory.grow(Math.ceil(missing / PAGE_BYTES));
      this.#takeViews();
    }
    return address;
  }

  /** Writes a word at an address, which must be a multiple of four. */
  setWord(address: number, value: number): void {
    this.words[address >> 2] = value;
  }

  /** The word at an address, not negative. */
  word(address: number): number {
    const value = this.words[address >> 2];
    assert(value !== undefined, 'kernels work within their memory');
    return value >>> 0;
  }

  #takeViews(): void {
    const { buffer } = this.exports.memory;
    this.bytes = new Uint8Array(buffer);
    this.words = new Int32Array(buffer);
    this.longs = new BigInt64Array(buffer);
    this.doubles = new Float64Array(buffer);
  }
}

/** Which code does the work: WebAssembly, or its TypeScript twins. */
export type KernelChoice = 'wasm' | 'typescript';

/** The choice of a process: the variable MILLRACE_KERNELS, else WebAssembly where there is one. */
export function kernelChoice(environment: Readonly<Record<string, string | undefined>>): KernelChoice {
  return environment['MILLRACE_KERNELS'] === 'typescript' || typeof WebAssembly === 'undefined' ? 'typescript' : 'wasm';
}

let instance: KernelInstance | undefined;

/** The instance of this thread; undefined when the choice is TypeScript. */
export function threadKernels(choice: KernelChoice = kernelChoice(process.env)): KernelInstance | undefined {
  if (choice === 'typescript') return undefined;
  instance ??= new KernelInstance();
  return instance;
}
