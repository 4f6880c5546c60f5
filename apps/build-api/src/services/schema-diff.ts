/** What SQL leads from the migrations to the schema, found by Prisma's own engine on a database in memory. For authors and tests. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PGlite } from '@electric-sql/pglite'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import { PrismaPGlite } from 'pglite-prisma-adapter'

interface Engine {
  diff(request: unknown): Promise<{ exitCode: number; stdout?: string | null }>
}
interface Bindings {
  readonly __wbg_set_wasm: (exports: unknown) => void
  readonly SchemaEngine: { new: (options: unknown, log: () => void, adapter: unknown) => Promise<Engine> }
}

/** Empty if `folder`'s schema.prisma and migrations agree, else the SQL of the missing migration. */
export async function missingMigration(folder: string): Promise<string> {
  const packageFolder = fileURLToPath(new URL('../../../../node_modules/@prisma/schema-engine-wasm', import.meta.url))
  const stem = 'schema_engine_bg'
  const bindings = (await import(join(packageFolder, `${stem}.js`))) as Bindings
  const wasm = new WebAssembly.Module(readFileSync(join(packageFolder, `${stem}.wasm`)))
  const instance = new WebAssembly.Instance(wasm, { [`./${stem}.js`]: bindings as unknown as WebAssembly.ModuleImports })
  bindings.__wbg_set_wasm(instance.exports)
  ;(instance.exports.__wbindgen_start as () => void)()

  const path = join(folder, 'schema.prisma')
  const content = readFileSync(path, 'utf8')
  const database = new PGlite()
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPGlite(database))
  const engine = await bindings.SchemaEngine.new({ datamodels: [[path, content]] }, () => {}, adapter)
  const baseDir = join(folder, 'migrations')
  const migrationDirectories = readdirSync(baseDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
    .map((name) => ({
      path: name,
      migrationFile: {
        path: 'migration.sql',
        content: { tag: 'ok', value: readFileSync(join(baseDir, name, 'migration.sql'), 'utf8') },
      },
    }))
  const lockfile = { path: 'migration_lock.toml', content: readFileSync(join(baseDir, 'migration_lock.toml'), 'utf8') }
  const { exitCode, stdout } = await engine.diff({
    from: { tag: 'migrations', baseDir, lockfile, shadowDbInitScript: '', migrationDirectories },
    to: { tag: 'schemaDatamodel', files: [{ path, content }], configDir: '.' },
    script: true,
    exitCode: true,
    shadowDatabaseUrl: null,
    filters: { externalTables: [], externalEnums: [] },
  })
  return exitCode === 0 ? '' : (stdout ?? '')
}
