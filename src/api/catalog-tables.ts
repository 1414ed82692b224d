/**
 * Databases, tables and persistent views of a warehouse: kept in one file beside the data of managed tables, so that the next session
 * finds them. Read again whenever another process has written it, written whole with every change, one process at a time.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { MillraceError } from '../errors/millrace-error.ts';

/** A table over a source and sink, or a view, which is a text. */
export interface CatalogEntry {
  readonly database: string;
  readonly name: string;
  readonly kind: 'table' | 'view';
  /** The columns as DDL text; undefined where the source knows them. */
  readonly schema?: string | undefined;
  readonly format?: string | undefined;
  /** By lower-case name; secrets stay with whoever wrote them into the statement. */
  readonly options?: Readonly<Record<string, string>>;
  readonly location?: string | undefined;
  /** Its files belong to the user and stay when the table is dropped. */
  readonly isExternal?: boolean;
  readonly partitionColumns?: readonly string[];
  /** The query of a view. */
  readonly text?: string;
  readonly columnNames?: readonly string[] | undefined;
}

/** A function written in SQL. */
export interface CatalogFunction {
  readonly database: string;
  readonly name: string;
  /** The statement that made it. */
  readonly text: string;
}

interface CatalogFile {
  readonly version: 1;
  readonly databases: readonly string[];
  readonly entries: readonly CatalogEntry[];
  readonly functions?: readonly CatalogFunction[];
}

const FILE_NAME = 'millrace-catalog.json';
const DEFAULT_DATABASE = 'default';
const CLAIM_PAUSE_MS = 5;
const MAX_CLAIM_TRIES = 200;

export class CatalogTables {
  readonly #warehouse: () => string;
  /** Path, size, time and number of the file that was read last. */
  #loaded: string | undefined;
  #databases = new Set([DEFAULT_DATABASE]);
  #entries = new Map<string, CatalogEntry>();
  #functions = new Map<string, CatalogFunction>();

  /** `warehouse` is asked on every use: a setting may change it. */
  constructor(warehouse: () => string) {
    this.#warehouse = warehouse;
  }

  get databases(): readonly string[] {
    this.#load();
    return [...this.#databases].toSorted();
  }

  /** Tables and views of a database, sorted by name. */
  entries(database: string): readonly CatalogEntry[] {
    this.#load();
    return [...this.#entries.values()]
      .filter((entry) => entry.database === database.toLowerCase())
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  find(database: string, name: string): CatalogEntry | undefined {
    this.#load();
    return this.#entries.get(keyOf(database, name));
  }

  /** Adds or replaces an entry. */
  put(entry: CatalogEntry): void {
    this.#change(() => this.#entries.set(keyOf(entry.database, entry.name), entry));
  }

  /** Removes an entry; the files of a managed table go with it. */
  remove({ database, name, kind, isExternal, location }: CatalogEntry): void {
    this.#change(() => this.#entries.delete(keyOf(database, name)));
    if (kind === 'table' && isExternal !== true && location !== undefined)
      rmSync(location, { recursive: true, force: true });
  }

  /** The functions of all databases. */
  get functions(): readonly CatalogFunction[] {
    this.#load();
    return [...this.#functions.values()];
  }

  findFunction(database: string, name: string): CatalogFunction | undefined {
    this.#load();
    return this.#functions.get(keyOf(database, name));
  }

  /** Adds or replaces a function. */
  putFunction(added: CatalogFunction): void {
    this.#change(() => this.#functions.set(keyOf(added.database, added.name), added));
  }

  removeFunction(database: string, name: string): void {
    this.#change(() => this.#functions.delete(keyOf(database, name)));
  }

  addDatabase(name: string): void {
    this.#change(() => this.#databases.add(name.toLowerCase()));
  }

  removeDatabase(name: string): void {
    for (const entry of this.entries(name)) this.remove(entry);
    this.#change(() => {
      this.#databases.delete(name.toLowerCase());
      for (const [key, { database }] of this.#functions)
        if (database.toLowerCase() === name.toLowerCase()) this.#functions.delete(key);
    });
  }

  /** Where the files of a managed table are. */
  locationOf(database: string, name: string): string {
    const folder = database === DEFAULT_DATABASE ? name : join(`${database}.db`, name);
    return join(resolve(this.#warehouse()), folder.toLowerCase());
  }

  #path(): string {
    return join(resolve(this.#warehouse()), FILE_NAME);
  }

  #load(): void {
    const path = this.#path();
    const stat = statSync(path, { throwIfNoEntry: false });
    // Each writer renames a new file into place.
    const version = `${path} ${stat?.ino} ${stat?.size} ${stat?.mtimeMs}`;
    if (this.#loaded === version) return;
    this.#databases = new Set([DEFAULT_DATABASE]);
    this.#entries = new Map();
    this.#functions = new Map();
    if (stat !== undefined) {
      const { databases, entries, functions = [] } = parsed(readFileSync(path, 'utf8'), path);
      for (const name of databases) this.#databases.add(name);
      for (const entry of entries) this.#entries.set(keyOf(entry.database, entry.name), entry);
      for (const one of functions) this.#functions.set(keyOf(one.database, one.name), one);
    }
    this.#loaded = version;
  }

  /** Makes a change to what the file says now, and writes it. */
  #change(change: () => void): void {
    const path = this.#path();
    mkdirSync(resolve(this.#warehouse()), { recursive: true });
    const temporary = `${path}.tmp`;
    claim(temporary);
    try {
      this.#load();
      change();
      const file: CatalogFile = {
        version: 1,
        databases: [...this.#databases],
        entries: [...this.#entries.values()],
        ...(this.#functions.size === 0 ? {} : { functions: [...this.#functions.values()] }),
      };
      writeFileSync(temporary, `${JSON.stringify(file, undefined, 1)}\n`);
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      this.#loaded = undefined;
      throw error;
    }
  }
}

/** Makes the file that the next catalog is written to; waits while another process has it. */
function claim(path: string): void {
  const wait = new Int32Array(new SharedArrayBuffer(4));
  for (let tries = 0; ; tries++) {
    try {
      writeFileSync(path, '', { flag: 'wx' });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    // Writing takes a millisecond: who has had it for so long is gone.
    if (tries === MAX_CLAIM_TRIES) rmSync(path, { force: true });
    Atomics.wait(wait, 0, 0, CLAIM_PAUSE_MS);
  }
}

function parsed(text: string, path: string): CatalogFile {
  try {
    const file = JSON.parse(text) as Partial<CatalogFile>;
    if (file.version === 1 && Array.isArray(file.databases) && Array.isArray(file.entries)) return file as CatalogFile;
  } catch {
    // Falls through to the error that names the file.
  }
  throw new MillraceError('CATALOG_FILE_INVALID', { path });
}

function keyOf(database: string, name: string): string {
  return `${database.toLowerCase()}.${name.toLowerCase()}`;
}
