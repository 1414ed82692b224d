/** `session.catalog`: what databases, tables, views, columns and functions there are. */
import type { SessionContext } from './session-context.ts';
import { functionNames } from '../functions/registry.ts';
import { parseNameParts } from '../plan/resolve-names.ts';
import { simpleName } from '../types/data-type.ts';
import { DataFrame } from './data-frame.ts';
import { matchesPattern } from './name-pattern.ts';
import { schemaNotFound } from './table-entry.ts';
import { GLOBAL_DATABASE, sessionCatalog } from './session-catalog.ts';

/** A table or view as `listTables` describes it. */
export interface CatalogTable {
  readonly name: string;
  readonly namespace: readonly string[];
  readonly tableType: 'TEMPORARY' | 'VIEW' | 'MANAGED' | 'EXTERNAL';
  readonly isTemporary: boolean;
}

/** A column as `listColumns` describes it. */
export interface CatalogColumn {
  readonly name: string;
  readonly dataType: string;
  readonly nullable: boolean;
  readonly isPartition: boolean;
}

/** Looks into the catalog of a session; made by `session.catalog`. */
export class SessionCatalogApi {
  readonly #context: SessionContext;

  constructor(context: SessionContext) {
    this.#context = context;
  }

  currentDatabase(): string {
    return this.#context.state.database;
  }

  setCurrentDatabase(name: string): void {
    if (!this.databaseExists(name)) throw schemaNotFound(name);
    this.#context.state.database = name.toLowerCase();
  }

  listDatabases(pattern = '*'): { readonly name: string }[] {
    return this.#context.tables.databases.filter((name) => matchesPattern(name, pattern)).map((name) => ({ name }));
  }

  databaseExists(name: string): boolean {
    return this.#context.tables.databases.includes(name.toLowerCase());
  }

  /** The tables and views of a database, temporary views included. */
  listTables(database = this.currentDatabase(), pattern = '*'): CatalogTable[] {
    const { tables, tempViews } = this.#context;
    if (!this.databaseExists(database)) throw schemaNotFound(database);
    const kept = tables.entries(database).map(({ name, kind, isExternal }): CatalogTable => {
      const tableType = kind === 'view' ? 'VIEW' : isExternal === true ? 'EXTERNAL' : 'MANAGED';
      return { name, namespace: [database.toLowerCase()], tableType, isTemporary: false };
    });
    const temporary = [...tempViews.keys()].map((name): CatalogTable => ({
      name,
      namespace: [],
      tableType: 'TEMPORARY',
      isTemporary: true,
    }));
    return [...kept, ...temporary].filter(({ name }) => matchesPattern(name, pattern));
  }

  listColumns(tableName: string): CatalogColumn[] {
    const nameParts = parseNameParts(tableName);
    const catalog = sessionCatalog(this.#context);
    const plan = catalog.relation(nameParts);
    if (plan === undefined) throw catalog.notFound(nameParts);
    return new DataFrame(plan, this.#context).schema.fields.map(({ name, dataType, nullable }) => ({
      name,
      dataType: simpleName(dataType),
      nullable,
      isPartition: false,
    }));
  }

  tableExists(tableName: string): boolean {
    return sessionCatalog(this.#context).relation(parseNameParts(tableName)) !== undefined;
  }

  listFunctions(pattern = '*'): { readonly name: string }[] {
    return functionNames()
      .filter((name) => matchesPattern(name, pattern))
      .map((name) => ({ name }));
  }

  functionExists(name: string): boolean {
    return functionNames().includes(name.toLowerCase());
  }

  /** True when there was such a view. */
  dropTempView(name: string): boolean {
    return this.#context.tempViews.delete(name.toLowerCase());
  }

  /** True when there was such a view; the name is that behind `global_temp.`. */
  dropGlobalTempView(name: string): boolean {
    return this.#context.globalViews.delete(name.toLowerCase().replace(`${GLOBAL_DATABASE}.`, ''));
  }
}
